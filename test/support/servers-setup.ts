import { startServer } from "../../rig/servers.ts";

/** Starts the servers that all suites of this run share; each test has a namespace and databases of its own on them. */
export default async function setUp(): Promise<void> {
  if (process.env.SHAPE !== "cluster") return;
  const [nats, redis, postgres, mongo] = await Promise.all([
    startServer("nats"),
    startServer("redis"),
    startServer("postgres", { fsync: "off" }),
    startServer("mongo", { fsync: "off" }),
  ]);
  process.env.TEST_TRANSPORTER = nats.url;
  process.env.TEST_REDIS_URL = redis.url;
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_MONGO_URL = mongo.url;
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rigFolder } from "../../rig/guard.ts";
import { startServer } from "../../rig/servers.ts";

/** Starts the servers that all suites of this run share; each test has a namespace and databases of its own on them. */
export default async function setUp(): Promise<void> {
  if (process.env.SHAPE !== "cluster") return;
  // Each namespace reserves room for its streams, and by default no more is lent than the disk has.
  const roomy = join(rigFolder("nats-options"), "nats.conf");
  writeFileSync(roomy, "max_payload: 8MB\njetstream { max_file_store: 100TB }\n");
  const [nats, redis, postgres, mongo] = await Promise.all([
    startServer("nats", { args: ["-c", roomy] }),
    startServer("redis"),
    startServer("postgres", { fsync: "off" }),
    startServer("mongo", { fsync: "off" }),
  ]);
  process.env.TEST_TRANSPORTER = nats.url;
  process.env.TEST_REDIS_URL = redis.url;
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_MONGO_URL = mongo.url;
}

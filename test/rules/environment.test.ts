import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, EnvironmentError, readEnvironment } from "../../services/shared/environment.ts";
import { temporaryFolder } from "../support/services.ts";

test("nothing needs to be set: the embedded shape starts as it is, for this machine only", () => {
  expect(readEnvironment({})).toMatchObject({
    PORT: 3000,
    HOST: "127.0.0.1",
    PUBLIC_URL: "http://localhost:3000",
    DATA_DIR: "data",
    CURRENCY: "USD",
    LOG_LEVEL: "info",
    DEMO: true,
  });
});

test("an empty variable is one that is not set", () => {
  expect(readEnvironment({ PORT: "", CURRENCY: "", TRANSPORTER: "", SECRET_KEY: "" })).toMatchObject({
    PORT: 3000,
    CURRENCY: "USD",
  });
});

test("variables of others are left alone", () => {
  expect(Object.keys(readEnvironment({ PATH: "/bin", HOME: "/root" }))).not.toContain("PATH");
});

const good: [string, string, Partial<Environment>][] = [
  ["PORT", "8080", { PORT: 8080, PUBLIC_URL: "http://localhost:8080" }],
  ["PORT", "0", { PORT: 0 }],
  ["PUBLIC_URL", "https://shop.example/", { PUBLIC_URL: "https://shop.example" }],
  ["CURRENCY", "JPY", { CURRENCY: "JPY" }],
  ["DEMO", "false", { DEMO: false }],
  ["NODE_ID", "orders-1", { NODE_ID: "orders-1" }],
  ["SMTP_URL", "smtps://user:pass@mail.example:465", { SMTP_URL: "smtps://user:pass@mail.example:465" }],
];
test.each(good)("%s=%s is taken", (name, value, expected) => {
  expect(readEnvironment({ [name]: value })).toMatchObject(expected);
});

const bad: [string, string][] = [
  ["PORT", "eighty"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["PORT", "80.5"],
  ["PUBLIC_URL", "shop.example"],
  ["PUBLIC_URL", "ftp://shop.example"],
  ["SECRET_KEY", "short"],
  ["ADMIN_EMAIL", "admin"],
  ["ADMIN_PASSWORD", "short"],
  ["ADMIN_PASSWORD", "ü".repeat(37)],
  ["CURRENCY", "usd"],
  ["CURRENCY", "XYZ1"],
  ["LOG_LEVEL", "loud"],
  ["NODE_ID", "a b"],
  ["NAMESPACE", "a.b"],
  ["SMTP_URL", "http://mail.example"],
  ["MAIL_FROM", "the shop"],
  ["DEMO", "no"],
  ["NATS_REPLICAS", "2"],
];
test.each(bad)("%s=%s is refused in one line that names it and doesn't repeat the value", (name, value) => {
  const refused = () => readEnvironment({ [name]: value });
  expect(refused).toThrow(EnvironmentError);
  expect(refused).toThrow(new RegExp(`^${name}: [^\\n]+$`));
  if (/KEY|PASSWORD|URL/.test(name)) expect(refused).not.toThrow(value);
});

test("every bad variable has its line", () => {
  expect(() => readEnvironment({ PORT: "x", DEMO: "x", LOG_LEVEL: "x" })).toThrow(
    /^PORT: .+\nLOG_LEVEL: .+\nDEMO: .+$/,
  );
});

test("what this release cannot act on is refused, not passed over", () => {
  expect(() => readEnvironment({ GRPC_PORT: "50051", STRIPE_SECRET_KEY: "x" })).toThrow(
    /^GRPC_PORT, STRIPE_SECRET_KEY: this release/,
  );
  for (const name of ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]) {
    expect(() => readEnvironment({ [name]: "x" })).toThrow(name);
  }
});

describe("a cluster", () => {
  const SECRET_KEY = "0123456789abcdef0123456789abcdef";
  const alike = { SECRET_KEY, PUBLIC_URL: "https://shop.example" };

  test("is what TRANSPORTER makes of a node; its servers go with it", () => {
    const servers = {
      TRANSPORTER: "nats://user:password@one:4222,nats://two",
      MONGO_URL: "mongodb://a:27017,b:27017/molecart?replicaSet=rs0",
      POSTGRES_URL: "postgres://molecart:password@db/molecart",
      REDIS_URL: "redis://:password@cache:6379/1",
    };
    expect(readEnvironment({ ...servers, ...alike })).toMatchObject({ ...servers, NATS_REPLICAS: 1 });
    expect(readEnvironment({ ...servers, ...alike, NATS_REPLICAS: "3" })).toMatchObject({ NATS_REPLICAS: 3 });
  });

  test.each([
    ["MONGO_URL", "mongodb://m/molecart"],
    ["POSTGRES_URL", "postgres://p/molecart"],
    ["REDIS_URL", "redis://r"],
    ["DISCOVERER", "redis"],
    ["NATS_REPLICAS", "3"],
  ])("needs TRANSPORTER for %s to mean anything", (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(`${name}: goes with TRANSPORTER`);
  });

  test.each([
    [{ TRANSPORTER: "redis://one", ...alike }, /^TRANSPORTER: addresses as in/],
    [{ TRANSPORTER: "nats://one" }, /^SECRET_KEY: every node.*\nPUBLIC_URL: every node/],
    [{ TRANSPORTER: "nats://one", ...alike, MONGO_URL: "mysql://m" }, /^MONGO_URL: an address as in/],
    [{ TRANSPORTER: "nats://one", ...alike, POSTGRES_URL: "mysql://m" }, /^POSTGRES_URL: /],
    [{ TRANSPORTER: "nats://one", ...alike, DISCOVERER: "redis" }, /^REDIS_URL: DISCOVERER=redis needs it/],
    [{ TRANSPORTER: "nats://one", ...alike, DISCOVERER: "etcd" }, /^ETCD_URL: DISCOVERER=etcd needs it/],
  ])("is refused where its variables do not go together: %j", (variables, reason) => {
    expect(() => readEnvironment(variables)).toThrow(reason);
  });
});

describe("a secret in a file", () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("counts as if it were given, without the line's end", () => {
    const file = join(folder, "secret");
    writeFileSync(file, "0123456789abcdef0123456789abcdef\n");
    expect(readEnvironment({ SECRET_KEY_FILE: file }).SECRET_KEY).toBe("0123456789abcdef0123456789abcdef");
  });

  test("that is not there, or is given beside the variable, ends the start", () => {
    const nowhere = join(folder, "nowhere");
    expect(() => readEnvironment({ SECRET_KEY_FILE: nowhere })).toThrow(/^SECRET_KEY_FILE: .*nowhere cannot be read/);
    expect(() => readEnvironment({ SMTP_URL: "smtp://s", SMTP_URL_FILE: nowhere })).toThrow(/^SMTP_URL_FILE: SMTP_URL/);
  });
});

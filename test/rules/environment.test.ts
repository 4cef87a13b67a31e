import { type Environment, EnvironmentError, readEnvironment } from "../../services/shared/environment.ts";

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
  expect(() => readEnvironment({ TRANSPORTER: "nats://nats", MONGO_URL: "mongodb://m" })).toThrow(
    /^TRANSPORTER, MONGO_URL: this release/,
  );
  for (const name of ["STRIPE_SECRET_KEY", "ZIPKIN_URL"]) {
    expect(() => readEnvironment({ [name]: "x" })).toThrow(name);
  }
});

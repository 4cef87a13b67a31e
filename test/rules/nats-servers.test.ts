import { NatsAddressError, natsOptions } from "../../mixins/nats/nats-servers.ts";

const read = (transporter: string) => {
  const { servers, user, pass, token, tls } = natsOptions(transporter, "node-1");
  return { servers, user, pass, token, tls };
};

test.each([
  ["nats://one", { servers: ["one:4222"] }],
  ["nats://shop:p%40ss@one:4223,nats://two", { servers: ["one:4223", "two:4222"], user: "shop", pass: "p@ss" }],
  ["nats://shop:secret@one, two:4224", { servers: ["one:4222", "two:4224"], user: "shop", pass: "secret" }],
  ["nats://a-token@one", { servers: ["one:4222"], token: "a-token" }],
  ["tls://one:4443", { servers: ["one:4443"], tls: {} }],
  ["nats://[::1]:4222", { servers: ["[::1]:4222"] }],
])("%s names servers and who we are", (transporter, options) => {
  expect(read(transporter)).toEqual(options);
});

test.each([
  "redis://shop:secret@one",
  "nats://",
  "nats://shop:secret@one:99999",
  "nats://shop:%zzsecret@one",
  "nats://one,",
])("%s is no address of NATS, and what is said of it tells no secret", (transporter) => {
  expect(() => natsOptions(transporter, "node-1")).toThrow(NatsAddressError);
  expect(() => natsOptions(transporter, "node-1")).not.toThrow(/secret/);
});

test("a connection that was lost is asked for without end, and one that is cut in silence is noticed in seconds", () => {
  const options = natsOptions("nats://one", "node-1");
  expect(options).toMatchObject({ name: "node-1", maxReconnectAttempts: -1, ignoreAuthErrorAbort: true });
  expect((options.pingInterval ?? 0) * (options.maxPingOut ?? 0)).toBeLessThanOrEqual(10_000);
});

import type { IncomingMessage } from "node:http";
import { addressReader } from "../../services/api/client-address.ts";
import { readEnvironment } from "../../services/shared/environment.ts";

const address = (trust: string, remote: string, forwarded?: string) => {
  const { TRUST_PROXY } = readEnvironment(trust ? { TRUST_PROXY: trust } : {});
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return addressReader(TRUST_PROXY)({ socket: { remoteAddress: remote }, headers } as IncomingMessage);
};

test("without proxies the connection tells, whatever a client writes", () => {
  expect(address("", "192.0.2.1", "10.0.0.1")).toBe("192.0.2.1");
  expect(address("0", "192.0.2.1", "10.0.0.1")).toBe("192.0.2.1");
  expect(address("", "::ffff:192.0.2.1")).toBe("192.0.2.1");
});

test("behind a number of proxies, the address that the outermost of them saw", () => {
  expect(address("1", "10.0.0.1", "203.0.113.9, 192.0.2.1")).toBe("192.0.2.1");
  expect(address("2", "10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2")).toBe("192.0.2.1");
  expect(address("2", "10.0.0.1", "192.0.2.1")).toBe("192.0.2.1");
  expect(address("1", "10.0.0.1")).toBe("10.0.0.1");
});

test("behind proxies in known networks, the first address that is in none of them", () => {
  const networks = "10.0.0.0/8,fd00::/8";
  expect(address(networks, "10.0.0.1", "203.0.113.9, 192.0.2.1, 10.9.9.9")).toBe("192.0.2.1");
  expect(address(networks, "192.0.2.7", "203.0.113.9")).toBe("192.0.2.7");
  expect(address(networks, "fd00::1", "192.0.2.1:4711")).toBe("192.0.2.1");
  expect(address(networks, "::ffff:10.0.0.1", "not an address")).toBe("10.0.0.1");
});

test("a network of IPv6 counts as one client", () => {
  expect(address("", "2001:db8:0:7:1:2:3:4")).toBe("2001:db8:0:7::/64");
  expect(address("", "2001:DB8:0:7::9")).toBe(address("", "2001:db8:0:7:ffff::1"));
  expect(address("1", "10.0.0.1", "[2001:db8::5]:443")).toBe("2001:db8:0:0::/64");
  expect(address("", "::1")).toBe("0:0:0:0::/64");
});

test("what is neither a number nor networks ends the start", () => {
  for (const bad of ["yes", "10.0.0.0/33", "10.0.0", "::/129", "10.0.0.1;10.0.0.2", "-1"]) {
    expect(() => readEnvironment({ TRUST_PROXY: bad })).toThrow(/^TRUST_PROXY: /);
  }
});

test("what is no origin ends the start", () => {
  for (const bad of ["shop.example", "https://shop.example/", "https://shop.example,*", "null"]) {
    expect(() => readEnvironment({ CORS_ORIGINS: bad })).toThrow(/^CORS_ORIGINS: /);
  }
  expect(readEnvironment({ CORS_ORIGINS: "*" }).CORS_ORIGINS).toBe("*");
});

import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";
import type { TrustedProxies } from "../shared/environment.ts";

const MOST_HOPS = 50;

/** Who is counted: the nearest address that is not one of our proxies. What a client writes itself is not believed. */
export function addressReader(trusted: TrustedProxies): (req: IncomingMessage) => string {
  if (trusted.hops === 0 && trusted.networks.length === 0) return ({ socket }) => counted(socket.remoteAddress ?? "");
  const networks = listOf(trusted.networks);
  return ({ socket, headers }) => {
    const remote = plain(socket.remoteAddress ?? "");
    const forwarded = headers["x-forwarded-for"];
    const told = (Array.isArray(forwarded) ? forwarded.join() : (forwarded ?? "")).split(",").slice(-MOST_HOPS);
    let at = remote;
    for (let hop = 0; told.length && (hop < trusted.hops || isAmong(networks, at)); hop++) {
      const next = plain((told.pop() as string).trim());
      if (!isIP(next)) break;
      at = next;
    }
    return counted(at);
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

const isAmong = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIPv6(address) ? "ipv6" : "ipv4");

/** Without the IPv6 form of an IPv4 address, a port, or brackets. */
function plain(address: string): string {
  const [, v4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address) ?? [];
  return v4 ?? address.replace(/^\[([^\]]*)\](?::\d+)?$/, "$1").replace(/%.*$/, "");
}

/** A home or a host has a whole /64 of IPv6, and could count as many clients otherwise. */
function counted(address: string): string {
  const own = plain(address);
  if (!own.includes(":")) return own;
  const [front = "", back] = own.toLowerCase().split("::");
  const head = front === "" ? [] : front.split(":");
  const tail = back ? back.split(":") : [];
  const zeros = back === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  const groups = [...head, ...zeros, ...tail].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

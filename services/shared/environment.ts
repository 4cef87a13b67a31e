import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";

const port = z.coerce.number("a number").int("a whole number").min(0).max(65_535);
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ""));

/** `Shop <orders@shop.example>` or only the address. */
const mailbox = z.string().transform((text, ctx): Mailbox => {
  const [, name = "", address = text.trim()] = /^(.*?)\s*<([^<>]+)>$/.exec(text.trim()) ?? [];
  if (z.email().safeParse(address).success) return { name: name.replace(/^"(.*)"$/, "$1"), address };
  ctx.addIssue("an e-mail address, or a name with one as in `Shop <orders@shop.example>`");
  return z.NEVER;
});
export interface Mailbox {
  name: string;
  address: string;
}

/** Whose word on where a request came from is believed. */
export interface TrustedProxies {
  hops: number;
  /** Addresses, or networks as in `10.0.0.0/8`. */
  networks: readonly string[];
}

const trustedProxies = z.string().transform((text, ctx): TrustedProxies => {
  if (/^\d{1,2}$/.test(text)) return { hops: Number(text), networks: [] };
  const networks = text.split(",").map((one) => one.trim());
  if (networks.every(isNetwork)) return { hops: 0, networks };
  ctx.addIssue("the number of proxies in front, or their addresses and networks as in `10.0.0.0/8,::1`");
  return z.NEVER;
});

function isNetwork(text: string): boolean {
  const [, address = "", prefix = "0"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
}

const origins = z.string().transform((text, ctx): "*" | string[] => {
  if (text.trim() === "*") return "*";
  const list = text.split(",").map((one) => one.trim());
  if (list.every((one) => URL.canParse(one) && new URL(one).origin === one)) return list;
  ctx.addIssue("`*`, or origins as in `https://shop.example,http://localhost:5173`");
  return z.NEVER;
});

/** One server or several of one cluster: `nats://user:password@a:4222,nats://b:4222`. */
const natsServers = z
  .string()
  .refine(
    (text) => text.split(",").every((one) => /^(nats|tls):$/.test(URL.parse(one.trim())?.protocol ?? "")),
    "addresses as in `nats://user:password@host:4222`, `tls://host:4222`, with commas between them",
  );
const server = (protocol: RegExp) => z.url({ protocol, hostname: /./ });

/** Every environment variable that Molecart reads; a bad value ends the process with one line that names it. */
const Variables = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  /** Links in mails and the issuer of tokens. */
  PUBLIC_URL: url.optional(),
  /** How many proxies stand in front, or where: they tell whom a request came from. */
  TRUST_PROXY: trustedProxies.default({ hops: 0, networks: [] }),
  /** Whose scripts may read answers, beside our own pages. */
  CORS_ORIGINS: origins.default([]),
  /** `false` where something in front limits, and for measuring. */
  RATE_LIMITS: flag.default(true),
  DATA_DIR: z.string().min(1).default("data"),
  /** Encrypts signing keys; made once as `DATA_DIR/secret.key` where it is not given. */
  SECRET_KEY: z.string().min(32, "at least 32 characters").optional(),
  ADMIN_EMAIL: z.email().default("admin@example.com"),
  ADMIN_PASSWORD: z
    .string()
    .min(10, "at least 10 characters")
    .refine((text) => Buffer.byteLength(text) <= 72, "at most 72 bytes")
    .optional(),
  CURRENCY: z
    .string()
    .refine((code) => Intl.supportedValuesOf("currency").includes(code), "not a currency of ISO 4217")
    .default("USD"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
  NODE_ID: z
    .string()
    .regex(/^[\w-]{1,64}$/, "letters, digits, hyphens and underscores")
    .optional(),
  NAMESPACE: z
    .string()
    .regex(/^[\w-]{0,64}$/)
    .default(""),
  SERVICES: z.string().optional(),
  /** The NATS servers of a cluster; without it everything runs in this one process. */
  TRANSPORTER: natsServers.optional(),
  /** On how many servers of a NATS cluster each event is kept. */
  NATS_REPLICAS: z
    .enum(["1", "3", "5"])
    .transform((text) => Number(text))
    .default(1),
  MONGO_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, "an address as in `mongodb://host:27017/molecart`")
    .optional(),
  POSTGRES_URL: server(/^postgres(ql)?$/).optional(),
  REDIS_URL: server(/^rediss?$/).optional(),
  /** How nodes find each other: by heartbeats over NATS, or by a registry in Redis or etcd. */
  DISCOVERER: z.enum(["nats", "redis", "etcd"]).default("nats"),
  ETCD_URL: server(/^https?$/).optional(),
  /** `even` in turn, `latency` to the nodes that answer fastest, `shard` as `even` but each cart to a node of its own. */
  BALANCING: z.enum(["even", "latency", "shard"]).default("even"),
  /** Where a node without a gateway tells of its health. */
  HEALTH_PORT: port.optional(),
  /** Where other servers of the cluster reach the gateway, if not at PUBLIC_URL. */
  GATEWAY_URL: url.optional(),
  /** Where a node tells Prometheus its figures, at `/metrics`. */
  METRICS_PORT: port.optional(),
  /** Where spans go: a Zipkin, or what takes them as one does. */
  ZIPKIN_URL: url.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whom the shop's mails come from; the name in it is the shop's. */
  MAIL_FROM: mailbox.optional(),
  DEMO: flag.default(true),
});

/** Names that the design knows and this release does not act on: a start that ignored them would mislead. */
const NOT_YET = ["GRPC_PORT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"];
/** Each may come as `NAME_FILE` instead: the file that holds it. */
const SECRETS = [
  "SECRET_KEY",
  "ADMIN_PASSWORD",
  "TRANSPORTER",
  "MONGO_URL",
  "POSTGRES_URL",
  "REDIS_URL",
  "ETCD_URL",
  "SMTP_URL",
] as const;
/** What only a cluster has. */
const SERVERS = ["NATS_REPLICAS", "MONGO_URL", "POSTGRES_URL", "REDIS_URL", "DISCOVERER", "ETCD_URL"] as const;

type Urls = "PUBLIC_URL" | "GATEWAY_URL";
export type Environment = Omit<z.output<typeof Variables>, Urls> & { [N in Urls]: string };

export class EnvironmentError extends Error {}

/** The checked environment; throws an `EnvironmentError` with a line for each bad variable. */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const given = withFiles(variables);
  const tooEarly = NOT_YET.filter((name) => name in given);
  if (tooEarly.length) throw new EnvironmentError(`${tooEarly.join(", ")}: this release does not know it yet`);
  const parsed = Variables.safeParse(given);
  const problems = parsed.success
    ? together(given)
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (!parsed.success || problems.length) throw new EnvironmentError(problems.join("\n"));
  const { PUBLIC_URL = `http://localhost:${parsed.data.PORT}`, GATEWAY_URL = PUBLIC_URL, ...rest } = parsed.data;
  return { ...rest, PUBLIC_URL, GATEWAY_URL };
}

/** What is given, with secrets read from their files. An empty value is how compose files say "not set". */
function withFiles(variables: Record<string, string | undefined>): Record<string, string> {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value)) as Record<string, string>;
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) throw new EnvironmentError(`${name}_FILE: ${name} is given too; give one of them`);
    try {
      given[name] = readFileSync(file, "utf8").trim();
    } catch (error) {
      throw new EnvironmentError(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return given;
}

/** What is wrong with variables beside each other, in words. */
function together(given: Record<string, string>): string[] {
  if (!given.TRANSPORTER) {
    return SERVERS.filter((name) => name in given).map(
      (name) => `${name}: goes with TRANSPORTER; without it everything is kept in DATA_DIR`,
    );
  }
  return [
    ...["SECRET_KEY", "PUBLIC_URL"]
      .filter((name) => !given[name])
      .map((name) => `${name}: every node of a cluster needs the same one`),
    ...(given.DISCOVERER === "redis" && !given.REDIS_URL ? ["REDIS_URL: DISCOVERER=redis needs it"] : []),
    ...(given.DISCOVERER === "etcd" && !given.ETCD_URL ? ["ETCD_URL: DISCOVERER=etcd needs it"] : []),
  ];
}

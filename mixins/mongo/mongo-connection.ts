import { type Db, MongoClient, type MongoClientOptions, type TopologyDescriptionChangedEvent } from "mongodb";
import { unavailable } from "../../services/shared/errors.ts";
import { pauseBefore } from "../durable-events/backoff.ts";
import type { Log } from "../log.ts";
import { ServerRefusedError } from "../servers.ts";
import { isRefusal, why } from "./mongo-errors.ts";

const DATABASE = "molecart";
const LONGEST_PAUSE = 5_000;
/**
 * Milliseconds between looks at the connection, and how long the driver has to bring it back by itself. It may never: its
 * look at the server waits for ever when it is written into a socket that the other side is just closing.
 */
const LOOKS = 1_000;
const PATIENCE = 5_000;
const TAKES_WRITES = new Set(["Standalone", "RSPrimary", "Mongos", "LoadBalancer"]);

/** What the URL may say otherwise. */
const LIMITS = {
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 15_000,
  waitQueueTimeoutMS: 5_000,
  heartbeatFrequencyMS: 3_000,
  maxPoolSize: 40,
} satisfies MongoClientOptions;

/** What correctness needs, whatever the URL says: an answered write is on the disks of a majority, and so is what is read. */
const PROMISES = {
  writeConcern: { w: "majority", journal: true, wtimeoutMS: 10_000 },
  readConcern: { level: "majority" },
  readPreference: "primary",
  ignoreUndefined: true,
  appName: "molecart",
} satisfies MongoClientOptions;

/** The node's one connection to MongoDB: made with patience, known to be well or not, closed at the end. */
export class MongoConnection {
  readonly #url: string;
  #line: Line;
  readonly #log: () => Log | undefined;
  /** Where it leads: hosts and database, without who we are. */
  readonly address: string;
  #closed = false;
  #wake: () => void = () => undefined;
  #watching: NodeJS.Timeout | undefined;
  #unwellSince: number | undefined;
  #renewing = false;

  constructor(url: string, log: () => Log | undefined) {
    this.#log = log;
    this.#url = url;
    this.#line = new Line(url);
    const { hosts, srvHost } = this.#line.client.options;
    this.address = `${srvHost ?? hosts.map(String).join(",")}/${this.#line.db.databaseName}`;
  }

  /** Tries until the server answers; throws a `ServerRefusedError` where it answers that it will not have us. */
  async connect(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#line.open();
        await this.#mayWrite();
        this.#watching ??= setInterval(() => void this.#look(), LOOKS).unref();
        return;
      } catch (error) {
        if (isRefusal(error)) throw new ServerRefusedError(`MongoDB at ${this.address} refuses us: ${why(error)}`);
        if (this.#closed) throw unavailable("STORE_UNAVAILABLE", "The connection to the documents was closed");
        const pause = Math.min(LONGEST_PAUSE, pauseBefore(attempt));
        const again = `attempt ${attempt}, the next in ${pause / 1_000} s`;
        this.#log()?.warn(`MongoDB at ${this.address} cannot be reached: ${why(error)} (${again})`);
        await this.#rest(pause);
      }
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  db(): Db {
    return this.#line.db;
  }

  /** Whether a server that takes writes was there when the driver looked last, which it does every few seconds. */
  healthy(): boolean {
    return this.#line.writable && !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watching);
    this.#wake();
    await this.#line.client.close();
  }

  /** After connections have hung, the driver may never find the server again, though it is there: then a new one does. */
  async #look(): Promise<void> {
    if (this.#line.writable) this.#unwellSince = undefined;
    else this.#unwellSince ??= Date.now();
    if (this.#unwellSince === undefined || Date.now() - this.#unwellSince < PATIENCE || this.#renewing) return;
    this.#renewing = true;
    await this.#renew();
    this.#renewing = false;
  }

  /** Keeps a new client that reaches the server, unless the one we have has come back meanwhile. */
  async #renew(): Promise<void> {
    const fresh = new Line(this.#url);
    const reached = await fresh.open().then(
      () => true,
      () => false,
    );
    const left = reached && !this.#closed && !this.#line.writable ? this.#line : fresh;
    if (left !== fresh) {
      this.#line = fresh;
      this.#log()?.info(`MongoDB at ${this.address} is reached again by a new connection`);
    }
    await left.client.close(true).catch(() => undefined);
  }

  /** A write that matches nothing asks for the permission all the same. */
  async #mayWrite(): Promise<void> {
    await this.#line.db.collection<{ _id: string }>("collections").updateOne({ _id: "" }, { $set: { version: 0 } });
  }

  async #rest(pause: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, pause);
    });
    if (this.#closed) throw unavailable("STORE_UNAVAILABLE", "The connection to the documents was closed");
  }
}

/** One client of the driver, and whether it knows of a server that takes writes. */
class Line {
  readonly client: MongoClient;
  readonly db: Db;
  writable = false;

  constructor(url: string) {
    this.client = client(url);
    this.db = this.client.db(databaseOf(url));
    this.client.on("topologyDescriptionChanged", ({ newDescription }: TopologyDescriptionChangedEvent) => {
      this.writable = [...newDescription.servers.values()].some(({ type }) => TAKES_WRITES.has(type));
    });
  }

  async open(): Promise<void> {
    await this.client.connect();
    await this.db.command({ ping: 1 });
  }
}

function client(url: string): MongoClient {
  const own = Object.entries(LIMITS).filter(([name]) => !new RegExp(`[?&]${name}=`, "i").test(url));
  try {
    return new MongoClient(url, { ...Object.fromEntries(own), ...PROMISES });
  } catch (error) {
    throw new ServerRefusedError(`MONGO_URL cannot be used: ${why(error)}`);
  }
}

/** The driver would take `test` where the URL has no path. */
function databaseOf(url: string): string {
  const [, path = ""] = /^[a-z+]+:\/\/[^/]*\/([^?]*)/.exec(url) ?? [];
  return decodeURIComponent(path) || DATABASE;
}

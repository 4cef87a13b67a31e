import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { MongoClient } from "mongodb";
import type { Cluster } from "../../rig/cluster.ts";
import { signIn } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { type Observer, openCluster } from "../support/nodes.ts";
import { describeWithServer } from "../support/servers.ts";

jest.setTimeout(120_000);

const LAYOUT = "api=1,products=1,config+users+idempotency+inventory=1";
const PRODUCTS = 3_000;
const DESCRIPTION = "long ".repeat(3_800);
const MB = 1_048_576;
/** Megabytes of the whole catalogue. */
const FILE = 54;

/** Products that went into a file so far. */
let made = 0;
function* rows(): Generator<Buffer> {
  for (let at = 0; at < PRODUCTS; at++) {
    made++;
    const variants = [{ sku: `P-${at}`, price: { amount: 1, currency: "USD" } }];
    yield Buffer.from(`${JSON.stringify({ name: `P ${at}`, slug: `p-${at}`, description: DESCRIPTION, variants })}\n`);
  }
}

describeWithServer(["nats", "redis", "postgres", "mongo"], "large files through a gateway", () => {
  let cluster: Cluster;
  let observer: Observer;
  let documents: MongoClient;
  let staff: Record<string, string>;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: LAYOUT }));
    staff = await signIn(cluster.urls[0] as string, cluster.env.ADMIN_PASSWORD as string);
    documents = await new MongoClient(cluster.env.MONGO_URL as string).connect();
  });
  afterAll(async () => {
    await documents?.close();
    await observer?.stop();
    await cluster?.stop();
  });

  async function sendFile() {
    const options = { method: "POST", duplex: "half", headers: { ...staff, "Content-Type": "application/x-ndjson" } };
    const body = Readable.toWeb(Readable.from(rows()));
    const url = `${cluster.urls[0]}/api/v1/admin/products/import`;
    const answer = await fetch(url, { ...options, body } as RequestInit);
    return answer.json();
  }

  /** Megabytes that the node of products has written to anybody so far. */
  const written = (): number => {
    const [, bytes] = /wchar: (\d+)/.exec(readFileSync(`/proc/${cluster.node("products-1").pid}/io`, "utf8")) ?? [];
    return Number(bytes) / MB;
  };

  test("trap 12: an import is read no faster than it is written", async () => {
    const stored = documents.db().collection("products");
    let sent = false;
    let ahead = 0;
    const sending = sendFile().finally(() => {
      sent = true;
    });
    while (!sent) ahead = Math.max(ahead, made - (await stored.estimatedDocumentCount()));
    expect(await sending).toMatchObject({ created: PRODUCTS });
    expect(ahead).toBeLessThan(PRODUCTS / 2);
  });

  test("trap 12: an export that nobody reads waits where it is, and goes on when it is read", async () => {
    const url = `${cluster.urls[0]}/api/v1/admin/products/export`;
    const before = written();
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      request(url, { headers: staff }, answered).on("error", failed).end();
    });
    let last = 0;
    await eventually(
      () => {
        const isCalm = written() - last < 0.1;
        last = written();
        return isCalm;
      },
      { every: 500 },
    );
    expect(written() - before).toBeLessThan(FILE / 2);
    expect((await buffer(answer)).length / MB).toBeGreaterThan(FILE);
    expect(written() - before).toBeGreaterThan(FILE);
  });
});

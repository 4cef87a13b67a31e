import { createHash, randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Context, ServiceBroker, type ServiceSchema } from "moleculer";
import { remoteStreams, streamsRead } from "../../mixins/cluster/remote-streams.ts";
import { amongNodes } from "../../moleculer.cluster.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "../support/eventually.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const MB = 1_048_576;
const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describeWithServer("nats", "streams between nodes", () => {
  let nats: TestServer;
  let files: ServiceBroker;
  let caller: ServiceBroker;
  /** What the action `give` streams out, and what `take` does with what it gets. */
  let given: Readable;
  let take: (input: Readable) => Promise<unknown>;
  const service: ServiceSchema = {
    name: "files",
    actions: {
      give: () => given,
      take: (ctx: Context) => take(ctx.stream as Readable),
    },
  };

  beforeAll(async () => {
    nats = await startServer("nats");
    const node = (nodeID: string) => {
      const environment = { ...readEnvironment({}), TRANSPORTER: nats.url, NODE_ID: nodeID };
      const { transporter, registry } = amongNodes(environment);
      const middlewares = [remoteStreams({ patience: 10_000 })];
      return new ServiceBroker({ nodeID, logger: false, transporter, registry, middlewares } as object);
    };
    [files, caller] = [node("files"), node("caller")];
    files.createService(service);
    await Promise.all([files.start(), caller.start()]);
    await caller.waitForServices("files");
  });
  afterAll(async () => {
    await Promise.all([files?.stop(), caller?.stop()]);
  });

  const receive = () => caller.call("files.give") as Promise<Readable>;
  const send = (stream: Readable) => caller.call("files.take", {}, { stream });
  const turns = async () => {
    for (let turn = 0; turn < 200; turn++) await new Promise((resume) => setImmediate(resume));
  };
  /** Pieces of 16 KB, each made only when it is asked for. */
  function counted(pieces: number) {
    const source = { made: 0, stream: Readable.from([]) };
    function* make() {
      while (source.made < pieces) {
        source.made++;
        yield Buffer.alloc(16_384, source.made);
      }
    }
    source.stream = Readable.from(make(), { objectMode: false });
    return source;
  }

  test("bring every byte, in order, both ways, also of pieces larger than NATS lets pass", async () => {
    const bytes = randomBytes(5 * MB);
    given = Readable.from([bytes.subarray(0, 3 * MB), bytes.subarray(3 * MB)], { objectMode: false });
    expect(digest(await buffer(await receive()))).toBe(digest(bytes));
    take = async (input) => digest(await buffer(input));
    expect(await send(Readable.from([bytes], { objectMode: false }))).toBe(digest(bytes));
  });

  test("may be made of texts; of anything else the reader is told what is wrong", async () => {
    given = Readable.from(["one ", "two"]);
    expect((await buffer(await receive())).toString()).toBe("one two");
    take = async (input) => (await buffer(input)).toString();
    expect(await send(Readable.from(["drei ", Buffer.from("vier")]))).toBe("drei vier");
    given = Readable.from([{ sku: "TJ-S" }]);
    await expect(receive().then(buffer)).rejects.toMatchObject({ code: "ERR_INVALID_ARG_TYPE" });
  });

  test("may be empty", async () => {
    given = Readable.from([], { objectMode: false });
    expect(await buffer(await receive())).toHaveLength(0);
    take = async (input) => (await buffer(input)).length;
    expect(await send(Readable.from([], { objectMode: false }))).toBe(0);
  });

  test("wait for a source that has nothing for a while", async () => {
    const slow = new PassThrough();
    given = slow;
    const read = buffer(await receive());
    slow.write("one ");
    await turns();
    slow.end("two");
    expect((await read).toString()).toBe("one two");
  });

  test("trap 12: read no more of an export than the other node has asked for", async () => {
    const source = counted(1_000);
    given = source.stream;
    const stream = await receive();
    let ahead = 0;
    let read = 0;
    for await (const chunk of stream) {
      read += chunk.length;
      if (read < 4 * MB) await turns();
      ahead = Math.max(ahead, source.made * 16_384 - read);
    }
    expect(read).toBe(1_000 * 16_384);
    expect(ahead).toBeLessThan(MB / 2);
  });

  test("trap 12: read no more of an import than the other node has taken", async () => {
    const source = counted(1_000);
    let ahead = 0;
    take = async (input) => {
      let read = 0;
      for await (const chunk of input) {
        read += chunk.length;
        if (read < 4 * MB) await turns();
        ahead = Math.max(ahead, source.made * 16_384 - read);
      }
      return read;
    };
    expect(await send(source.stream)).toBe(1_000 * 16_384);
    expect(ahead).toBeLessThan(MB / 2);
  });

  test("that nobody reads to the end are read out at the sender, who hears the answer then", async () => {
    const source = counted(100);
    take = async (input) => {
      for await (const _ of input.iterator({ destroyOnReturn: false })) throw new Error("The first line is wrong");
    };
    await expect(send(source.stream)).rejects.toThrow("The first line is wrong");
    await eventually(() => source.stream.readableEnded);
  });

  test("tell the reader how they broke off, after what had come, also one who reads slowly", async () => {
    const broken = () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(100_000, "a");
          yield Buffer.from("so far");
          throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
        })(),
        { objectMode: false },
      );
    given = broken();
    let read = "";
    const reading = (async () => {
      for await (const chunk of await receive()) {
        await turns();
        read += chunk;
      }
    })();
    await expect(reading).rejects.toMatchObject({ message: "aborted", code: "ECONNRESET" });
    expect(read).toHaveLength(100_006);
    take = async (input) => (await buffer(input)).length;
    await expect(send(broken())).rejects.toThrow("aborted");
  });

  test("end at their source when the reader has had enough", async () => {
    const source = counted(10_000);
    given = source.stream;
    for await (const _ of await receive()) break;
    await eventually(() => source.stream.destroyed);
    expect(source.made).toBeLessThan(100);
  });

  test("go on where they were when NATS was away", async () => {
    const bytes = randomBytes(2 * MB);
    given = Readable.from([bytes], { objectMode: false });
    const got: Buffer[] = [];
    for await (const chunk of await receive()) {
      got.push(chunk);
      if (got.length === 3) await nats.restart();
    }
    expect(digest(Buffer.concat(got))).toBe(digest(bytes));
  });

  test("hold a node that stops until they are read", async () => {
    given = counted(50).stream;
    const stream = await receive();
    let left = false;
    const leaving = streamsRead(files, 60_000).then(() => {
      left = true;
    });
    await turns();
    expect(left).toBe(false);
    await buffer(stream);
    await leaving;
  });

  test("break off when the node that has them is gone", async () => {
    given = counted(10_000).stream;
    const stream = await receive();
    await files.stop();
    await expect(buffer(stream)).rejects.toThrow();
  });
});

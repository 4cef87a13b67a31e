import { connect, headers } from "nats";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { busConforms, deadLettersOf, fail, idle, placed } from "../support/bus-conformance.ts";
import { eventually } from "../support/eventually.ts";
import { natsPrograms, TestStreams } from "../support/jetstream.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => placed(`${from + index}`));
const big = (id: string): DurableEvent => ({ id, name: "order.placed", payload: { text: "x".repeat(4_000) } });

describeWithServer("nats", "durable events on JetStream", () => {
  describe.each(natsPrograms())("nats-server $version", ({ program }) => {
    let server: TestServer;
    const streams = new TestStreams(() => server.url);
    beforeAll(async () => {
      server = await startServer("nats", { program });
    });
    afterAll(() => server.stop());
    beforeEach(() => streams.begin());
    afterEach(() => streams.closeAll());

    describe("as a bus", () => {
      busConforms({
        open: async (groups, options) => streams.bus(groups, options),
        closeAll: () => streams.closeAll(),
      });
    });

    test("an event is stored once, however often its outbox sends it", async () => {
      const bus = await streams.started({});
      await Promise.all([bus.publish(many(20)), bus.publish(many(20)), bus.publish(many(25))]);
      const stream = streams.names.stream("orders");
      expect(await streams.operator((manager) => manager.streams.info(stream))).toMatchObject({
        state: { messages: 25 },
      });
    });

    test("two nodes of a group share its events", async () => {
      const seen: string[][] = [[], []];
      const share = (node: number) => ({
        mails: {
          "order.placed": async ({ id }: DurableEvent) => {
            seen[node]?.push(id);
            await new Promise((resume) => setImmediate(resume));
          },
        },
      });
      const first = await streams.started(share(0), { atOnce: 4 });
      await streams.started(share(1), { atOnce: 4 });
      await first.publish(many(400));
      await idle(first);
      expect(seen.flat()).toHaveLength(400);
      expect(new Set(seen.flat()).size).toBe(400);
      for (const share of seen) expect(share.length).toBeGreaterThan(100);
    });

    test("nodes that start at the same moment, and with other limits than before, agree on the streams", async () => {
      const none = { mails: { "order.placed": () => undefined } };
      await streams.started(none, { ackWait: 30_000, maxBytes: 500_000 });
      await streams.closeAll();
      const wide = { ackWait: 12_000, maxBytes: 2_000_000 };
      const nodes = Array.from({ length: 8 }, () => streams.bus(none, wide));
      await Promise.all(nodes.map((node) => node.start()));
      const { names } = streams;
      const stream = names.stream("orders");
      await streams.operator(async (manager) => {
        expect((await manager.streams.info(stream)).config).toMatchObject({ max_bytes: 2_000_000, discard: "new" });
        const { config } = await manager.consumers.info(stream, names.consumer("mails", "order.placed"));
        expect(config).toMatchObject({ ack_wait: 12_000 * 1e6, deliver_policy: "all", max_deliver: -1 });
        expect(config.inactive_threshold).toBe(7 * 24 * 3600 * 1e9);
      });
    });

    test("limits that are made smaller drop nothing that was stored", async () => {
      const first = await streams.started({}, { maxBytes: 500_000 });
      await first.publish(many(20).map(({ id }) => big(id)));
      await streams.closeAll();
      const seen: string[] = [];
      const bus = await streams.started(
        { mails: { "order.placed": ({ id }) => void seen.push(id) } },
        { maxBytes: 40_000 },
      );
      await idle(bus);
      expect(seen).toHaveLength(20);
    });

    test("a handler slower than the time for the acknowledgement has its event once", async () => {
      const ackWait = 400;
      let calls = 0;
      const handle = async () => {
        calls++;
        // Far longer than a delivery lives without a sign of life.
        await new Promise((resume) => setTimeout(resume, ackWait * 4));
      };
      const groups = { mails: { "order.placed": handle } };
      const bus = await streams.started(groups, { ackWait });
      await streams.started(groups, { ackWait });
      await bus.publish([placed("1")]);
      await idle(bus);
      expect(calls).toBe(1);
    });

    test("a group that wants one more event gets what came before of it", async () => {
      const first = await streams.started({ mails: { "order.placed": () => undefined } });
      await first.publish([placed("1"), { id: "2", name: "cart.opened", payload: {} }]);
      await idle(first);
      await streams.closeAll();
      const seen: string[] = [];
      const bus = await streams.started({
        mails: {
          "order.placed": ({ id }) => void seen.push(id),
          "cart.opened": ({ id }) => void seen.push(id),
        },
      });
      await idle(bus);
      expect(seen).toEqual(["2"]);
    });

    test("a node that stops gives back at once what it has not begun with", async () => {
      const finish = Promise.withResolvers<void>();
      const begun: string[] = [];
      const slow = async ({ id }: DurableEvent) => {
        begun.push(id);
        await finish.promise;
      };
      const first = await streams.started(
        { mails: { "order.placed": slow, "cart.opened": slow } },
        { atOnce: 2, ackWait: 60_000 },
      );
      await first.publish([placed("1"), placed("2")]);
      await eventually(() => begun.length === 2);
      const waiting = ["3", "4"].map((id) => ({ id, name: "cart.opened", payload: {} }));
      await first.publish(waiting);
      const consumer = streams.names.consumer("mails", "cart.opened");
      await streams.operator((manager) =>
        eventually(
          async () => (await manager.consumers.info(streams.names.stream("carts"), consumer)).num_ack_pending === 2,
        ),
      );
      const stopped = first.stop();
      const seen: string[] = [];
      const note = ({ id }: DurableEvent) => void seen.push(id);
      await streams.started({ mails: { "order.placed": note, "cart.opened": note } }, { ackWait: 60_000 });
      await eventually(() => seen.length === 2);
      finish.resolve();
      await stopped;
      expect(seen.sort()).toEqual(["3", "4"]);
      expect(begun).toEqual(["1", "2"]);
    });

    describe("events that cannot be handled", () => {
      const sent = async (subject: string, body: string) => {
        const connection = await connect({ port: server.port });
        const lines = headers();
        lines.set("Nats-Msg-Id", "odd");
        lines.set("Request-Id", "7K3F");
        await connection.jetstream().publish(subject, body, { headers: lines });
        await connection.close();
      };

      test("a payload that is not JSON is a dead letter at once, as it came, and holds nobody up", async () => {
        const seen: string[] = [];
        const bus = await streams.started(
          { mails: { "order.placed": ({ id }) => void seen.push(id) } },
          { pause: () => 60_000 },
        );
        await sent(streams.names.subject("order.placed"), "<order/>");
        await bus.publish([placed("1")]);
        const [letter] = await deadLettersOf(bus);
        expect(letter).toMatchObject({
          id: "mails:odd",
          event: { id: "odd", name: "order.placed", payload: "<order/>" },
          attempts: 1,
          error: expect.stringContaining("not JSON"),
        });
        await idle(bus);
        expect(seen).toEqual(["1"]);
        await streams.operator(async (manager) => {
          const stored = await manager.streams.getMessage(streams.names.deadStream, { seq: 1 });
          expect(stored.string()).toBe("<order/>");
          expect(stored.header.get("Request-Id")).toBe("7K3F");
        });
      });

      test("trap 32: while dead letters cannot be stored nothing is lost, and others are not held up", async () => {
        const seen: string[] = [];
        const handle = ({ id }: DurableEvent) => (id === "bad" ? fail() : void seen.push(id));
        const bus = await streams.started({ mails: { "order.placed": handle } }, { attempts: 2, pause: () => 20 });
        const limit = (max_bytes: number) =>
          streams.operator((manager) => manager.streams.update(streams.names.deadStream, { max_bytes }));
        await limit(1);
        await bus.publish([placed("bad"), ...many(50)]);
        await eventually(async () => seen.length === 50 && (await bus.backlog()).waiting === 1);
        expect(await bus.deadLetters(9)).toEqual([]);
        await limit(1_000_000);
        expect(await deadLettersOf(bus)).toMatchObject([{ id: "mails:bad", error: "no mail today" }]);
        await idle(bus);
      });

      test("many that fail and rest until their next attempt do not hold up the rest", async () => {
        const seen: string[] = [];
        const handle = ({ id }: DurableEvent) => (Number(id) < 200 ? fail() : void seen.push(id));
        const bus = await streams.started({ mails: { "order.placed": handle } }, { pause: () => 60_000, atOnce: 8 });
        await bus.publish(many(220));
        await eventually(() => seen.length === 20);
        expect(await bus.backlog()).toMatchObject({ waiting: 200, dead: 0 });
      });
    });

    describe("trap 9: streams are bounded", () => {
      test("a full stream refuses what its groups have not had room for, and takes it when they have", async () => {
        const gate = Promise.withResolvers<void>();
        const seen = new Set<string>();
        const handle = async ({ id }: DurableEvent) => {
          await gate.promise;
          seen.add(id);
        };
        const bus = await streams.started({ mails: { "order.placed": handle } }, { maxBytes: 40_000, tidyEvery: 50 });
        let stored = 0;
        const full = async () => {
          for (;;) {
            await bus.publish([big(`${stored}`)]);
            stored++;
          }
        };
        await expect(full()).rejects.toMatchObject({ type: "EVENTS_FULL", code: 503, retryable: true });
        expect(stored).toBeGreaterThan(5);
        expect(await bus.backlog()).toMatchObject({ waiting: stored });
        gate.resolve();
        await eventually(() => bus.publish([big(`${stored}`)]).then(() => true));
        await idle(bus);
        expect(seen.size).toBe(stored + 1);
      });

      test("what all groups have had makes room for ever more events", async () => {
        let handled = 0;
        const bus = await streams.started({ mails: { "order.placed": () => void handled++ } }, { maxBytes: 40_000 });
        for (let sent = 0; sent < 60; sent++) await eventually(() => bus.publish([big(`${sent}`)]).then(() => true));
        await idle(bus);
        expect(handled).toBe(60);
      });
    });
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { JetStreamBus } from "../../mixins/durable-events/jetstream-bus.ts";
import { openNats } from "../../mixins/nats/nats-line.ts";
import { ServerRefusedError } from "../../mixins/servers.ts";
import { freePort } from "../../rig/ports.ts";
import { EMITTERS, idle, placed } from "../support/bus-conformance.ts";
import { eventually } from "../support/eventually.ts";
import { natsPrograms, TestStreams } from "../support/jetstream.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => placed(`${from + index}`));

describeWithServer("nats", "durable events when JetStream fails", () => {
  describe.each(natsPrograms())("nats-server $version", ({ program }) => {
    let server: TestServer;
    const streams = new TestStreams(() => server.url);
    beforeAll(async () => {
      server = await startServer("nats", { program });
    });
    afterAll(() => server.stop());
    beforeEach(() => streams.begin());
    afterEach(() => streams.closeAll());

    /** A bus whose group notes what it has had. */
    const noting = async (options = {}) => {
      const seen: string[] = [];
      const note = ({ id }: DurableEvent) => void seen.push(id);
      return { seen, bus: await streams.started({ mails: { "order.placed": note } }, options) };
    };
    const stored = (bus: JetStreamBus, events: DurableEvent[]) =>
      eventually(() => bus.publish(events).then(() => true));

    test("a server that is killed and comes back: publishers are refused meanwhile, and consuming goes on", async () => {
      const { bus, seen } = await noting({ ackWait: 600 });
      await bus.publish(many(20));
      await eventually(() => seen.length === 20);
      expect(bus.healthy()).toBe(true);

      await server.kill();
      await eventually(() => !bus.healthy());
      await expect(bus.publish(many(20, 20))).rejects.toMatchObject({ type: "EVENTS_UNAVAILABLE", retryable: true });
      await expect(bus.backlog()).rejects.toMatchObject({ type: "EVENTS_UNAVAILABLE" });

      await server.restart();
      await eventually(() => bus.healthy());
      await stored(bus, many(20, 20));
      await eventually(() => seen.length === 40);
      await idle(bus);
      expect(seen.map(Number)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    });

    test("a server that dies while events are told and handled: each is handled, and none is in the queue after", async () => {
      const seen = new Set<string>();
      const groups = {
        mails: {
          "order.placed": async ({ id }: DurableEvent) => {
            await new Promise((resume) => setTimeout(resume, 2));
            seen.add(id);
          },
        },
      };
      const bus = await streams.started(groups, { ackWait: 500, timeout: 500 });
      const other = await streams.started(groups, { ackWait: 500, timeout: 500 });
      const told = (async () => {
        for (let batch = 0; batch < 60; batch++) await stored(batch % 2 ? bus : other, many(10, batch * 10));
      })();
      await eventually(() => seen.size > 100);
      await server.kill();
      await server.restart();
      await told;
      await eventually(() => seen.size === 600);
      await idle(bus);
    });

    test("what is being handled while the server is away is not handled again when it is back", async () => {
      const finish = Promise.withResolvers<void>();
      let calls = 0;
      const handle = async () => {
        calls++;
        await finish.promise;
      };
      const bus = await streams.started({ mails: { "order.placed": handle } }, { ackWait: 60_000 });
      await bus.publish(many(3));
      await eventually(() => calls === 3);
      await server.kill();
      await eventually(() => !bus.healthy());
      finish.resolve();
      await server.restart();
      await idle(bus);
      expect(calls).toBe(3);
    });

    test("a server that hangs is given up, and asked again until it answers", async () => {
      const { bus, seen } = await noting({ timeout: 500 });
      server.pause();
      try {
        await expect(bus.publish(many(1))).rejects.toMatchObject({ type: "EVENTS_UNAVAILABLE" });
        await eventually(() => !bus.healthy());
      } finally {
        server.resume();
      }
      await stored(bus, many(1));
      await eventually(() => seen.length === 1);
    });

    test("a consumer that somebody deletes is there again, and misses nothing", async () => {
      const { bus, seen } = await noting();
      const { names } = streams;
      await streams.operator((manager) =>
        manager.consumers.delete(names.stream("orders"), names.consumer("mails", "order.placed")),
      );
      await bus.publish(many(5));
      await eventually(() => seen.length === 5);
    });

    test("a stream that somebody deletes is there again for what comes then", async () => {
      const { bus, seen } = await noting();
      await bus.publish(many(2));
      await eventually(() => seen.length === 2);
      await streams.operator((manager) => manager.streams.delete(streams.names.stream("orders")));
      await stored(bus, many(5, 2));
      await eventually(() => seen.length === 7);
      await eventually(() => bus.healthy());
    });

    test("a server that comes back with nothing is filled again", async () => {
      const other = await startServer("nats", { program });
      const fresh = new TestStreams(() => other.url);
      fresh.begin();
      let seen = 0;
      const bus = await fresh.started({ mails: { "order.placed": () => void seen++ } });
      await other.kill();
      const empty = await startServer("nats", { program, port: other.port });
      await stored(bus, many(4));
      await eventually(() => seen === 4);
      await fresh.closeAll();
      await empty.stop();
    });

    test("the share of a process that is killed is taken over by the other nodes", async () => {
      const ackWait = 1_000;
      await streams.started({ mails: { "order.placed": () => undefined } }, { ackWait });
      await streams.closeAll();
      const outside = await streams.started({});
      await outside.publish(many(10));
      const script = resolve(import.meta.dirname, "../support/event-handler.ts");
      const doomed = spawn(process.execPath, [script, server.url, streams.namespace, String(ackWait)]);
      const begun: string[] = [];
      doomed.stdout.on("data", (text: Buffer) => begun.push(...text.toString().trim().split("\n")));
      await eventually(() => begun.length === 10);
      const { bus, seen } = await noting({ ackWait });
      await new Promise((resume) => setTimeout(resume, ackWait * 2));
      expect(seen).toEqual([]);
      doomed.kill("SIGKILL");
      await once(doomed, "exit");
      await idle(bus);
      expect(seen.sort()).toEqual(begun.sort());
    });

    test("without a server a node waits, says which one it asks, and goes on when it is there", async () => {
      const port = await freePort();
      const said: string[] = [];
      const say = (text: string) => void said.push(text);
      const log = () => ({ info: say, warn: say });
      const url = `nats://shop:secret@127.0.0.1:${port}`;
      const bus = new JetStreamBus({
        connect: () => openNats(url, { name: "early", log }),
        namespace: "early",
        emitters: EMITTERS,
        log: () => undefined,
        maxBytes: 100_000,
      });
      const started = bus.start();
      expect(bus.healthy()).toBe(false);
      await eventually(() => said.length);
      expect(said[0]).toContain(`127.0.0.1:${port}`);
      expect(said[0]).toContain("connection refused");
      expect(said.join()).not.toContain("secret");
      const late = await startServer("nats", { program, port });
      await started;
      expect(bus.healthy()).toBe(true);
      await bus.stop();
      await bus.close();
      await late.stop();
    });

    test("a server that refuses the password ends the start, with one line and no secret in it", async () => {
      const locked = await startServer("nats", { program, password: "right" });
      const at = `127.0.0.1:${locked.port}`;
      const open = (login: string) => openNats(`nats://${login}${at}`, { name: "n", log: () => undefined });
      const refusal = await open("molecart:wrong-one@").catch((error: Error) => error);
      expect(refusal).toBeInstanceOf(ServerRefusedError);
      expect((refusal as Error).message).toBe(`NATS at ${at} refused the user "molecart" or the password`);
      await expect(open("a-token@")).rejects.toThrow(`NATS at ${at} refused the token`);
      await expect(open("")).rejects.toBeInstanceOf(ServerRefusedError);
      const line = await open("molecart:right@");
      await line.close();
      await locked.stop();
    });
  });
});

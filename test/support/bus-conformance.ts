import type { Consume, DurableEvent, EventBus } from "../../mixins/durable-events/event-bus.ts";
import { unavailable } from "../../services/shared/errors.ts";
import { eventually } from "./eventually.ts";

export interface BusOptions {
  attempts?: number;
  patience?: number;
  pause?: (attempts: number) => number;
  atOnce?: number;
}

/** Buses on the data of the test that runs: what one of them was told, the next one knows. */
export interface TestBuses {
  /** With these groups; not started yet. Pauses are a millisecond unless the options say otherwise. */
  open(groups: Groups, options?: BusOptions): Promise<EventBus>;
  /** Stops all that are open. */
  closeAll(): Promise<void>;
}
export type Groups = Record<string, Record<string, Consume>>;

export const placed = (id: string): DurableEvent => ({ id, name: "order.placed", payload: { number: id } });
export const fail = (): never => {
  throw new Error("no mail today");
};
export const idle = (bus: EventBus) => eventually(async () => (await bus.backlog()).waiting === 0);
export const deadLettersOf = (bus: EventBus) =>
  eventually(async () => {
    const letters = await bus.deadLetters(9);
    return letters.length > 0 && letters;
  });

/** Who emits the events of these tests. */
export const EMITTERS = { orders: ["order.placed"], carts: ["cart.opened"], inventory: ["stock.changed"] };

/** What every bus must do, whatever keeps the events. */
export function busConforms(buses: TestBuses): void {
  test("each group gets each event that it wants, with its id and payload, and no other", async () => {
    const seen: string[] = [];
    const bus = await buses.open({
      mails: { "order.placed": ({ id, payload }) => void seen.push(`mails ${id} ${JSON.stringify(payload)}`) },
      search: { "order.placed": ({ id }) => void seen.push(`search ${id}`), "stock.changed": fail },
    });
    await bus.start();
    await bus.publish([placed("1"), { id: "2", name: "cart.opened", payload: {} }]);
    await idle(bus);
    expect(seen.sort()).toEqual(['mails 1 {"number":"1"}', "search 1"]);
  });

  test("an event that is stored twice under one id is told once", async () => {
    const seen: string[] = [];
    const bus = await buses.open({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
    await bus.start();
    await bus.publish([placed("1"), placed("1")]);
    await bus.publish([placed("1"), placed("2")]);
    await idle(bus);
    expect(seen).toEqual(["1", "2"]);
  });

  test("trap 26: a handler that throws has not had the event, and is asked again until it succeeds", async () => {
    let attempts = 0;
    const pauses: number[] = [];
    const pause = (after: number) => {
      pauses.push(after);
      return 1;
    };
    const handle = () => (++attempts < 4 ? fail() : undefined);
    const bus = await buses.open({ mails: { "order.placed": handle } }, { pause });
    await bus.start();
    await bus.publish([placed("1")]);
    await idle(bus);
    expect(attempts).toBe(4);
    expect(pauses).toEqual([1, 2, 3]);
    expect(await bus.deadLetters(9)).toEqual([]);
  });

  test("an event that waits for something to come back is not given up, however often its handler is asked", async () => {
    let attempts = 0;
    const handle = () => {
      if (++attempts < 9) throw unavailable("STORE_UNAVAILABLE", "The database is away");
    };
    const bus = await buses.open({ mails: { "order.placed": handle } }, { attempts: 2 });
    await bus.start();
    await bus.publish([placed("1")]);
    await idle(bus);
    expect(attempts).toBe(9);
    expect(await bus.deadLetters(9)).toEqual([]);
  });

  test("what does not come back in time makes a dead letter, before the event is forgotten", async () => {
    const handle = () => {
      throw unavailable("STORE_UNAVAILABLE", "The database is away");
    };
    const bus = await buses.open({ mails: { "order.placed": handle } }, { attempts: 2, patience: 0 });
    await bus.start();
    await bus.publish([placed("1")]);
    expect(await deadLettersOf(bus)).toMatchObject([{ attempts: 2, error: "The database is away" }]);
  });

  test("one group's failure is not another's", async () => {
    const seen: string[] = [];
    const bus = await buses.open(
      { mails: { "order.placed": fail }, search: { "order.placed": ({ id }) => void seen.push(id) } },
      { attempts: 2 },
    );
    await bus.start();
    await bus.publish([placed("1")]);
    await idle(bus);
    expect(seen).toEqual(["1"]);
    expect(await bus.deadLetters(9)).toMatchObject([{ group: "mails" }]);
  });

  test("after the last attempt an event is a dead letter, with what went wrong, and can be sent again", async () => {
    let broken = true;
    let attempts = 0;
    const others: string[] = [];
    const handle = () => {
      attempts++;
      if (broken) fail();
    };
    const bus = await buses.open(
      { mails: { "order.placed": handle }, search: { "order.placed": ({ id }) => void others.push(id) } },
      { attempts: 3 },
    );
    await bus.start();
    await bus.publish([placed("1")]);
    const [letter] = await deadLettersOf(bus);
    expect(letter).toMatchObject({ group: "mails", event: placed("1"), attempts: 3, error: "no mail today" });
    await idle(bus);
    expect(await bus.backlog()).toMatchObject({ waiting: 0, dead: 1 });

    broken = false;
    expect(await bus.redrive(letter?.id as string)).toBe(true);
    await eventually(() => attempts === 4);
    await idle(bus);
    expect(await bus.backlog()).toMatchObject({ dead: 0 });
    expect(await bus.redrive(letter?.id as string)).toBe(false);
    expect(others).toEqual(["1"]);
  });

  test("a dead letter that was sent again and fails again is one dead letter, after all attempts anew", async () => {
    let attempts = 0;
    const handle = () => {
      attempts++;
      fail();
    };
    const bus = await buses.open({ mails: { "order.placed": handle } }, { attempts: 2 });
    await bus.start();
    await bus.publish([placed("1")]);
    const [first] = await deadLettersOf(bus);
    expect(await bus.redrive(first?.id as string)).toBe(true);
    const letters = await deadLettersOf(bus);
    expect(letters).toMatchObject([{ id: first?.id, event: placed("1"), attempts: 2 }]);
    expect(attempts).toBe(4);
  });

  test("a dead letter can be dropped", async () => {
    const bus = await buses.open({ mails: { "order.placed": fail } }, { attempts: 1 });
    await bus.start();
    await bus.publish([placed("1")]);
    const [letter] = await deadLettersOf(bus);
    expect(await bus.discard(letter?.id as string)).toBe(true);
    expect(await bus.discard(letter?.id as string)).toBe(false);
    await idle(bus);
    expect(await bus.backlog()).toEqual({ waiting: 0, oldest: 0, dead: 0 });
  });

  test("the newest dead letters come first, as many as are asked for", async () => {
    const bus = await buses.open({ mails: { "order.placed": fail } }, { attempts: 1, atOnce: 1 });
    await bus.start();
    for (const id of ["1", "2", "3", "4"]) {
      await bus.publish([placed(id)]);
      await eventually(async () => (await bus.deadLetters(1))[0]?.event.id === id);
    }
    expect(await bus.discard("mails:3")).toBe(true);
    expect((await bus.deadLetters(2)).map(({ event }) => event.id)).toEqual(["4", "2"]);
    expect((await bus.deadLetters(9)).map(({ event }) => event.id)).toEqual(["4", "2", "1"]);
  });

  test("trap 8: nothing is consumed before everything has started, and nothing of before is lost", async () => {
    const seen: string[] = [];
    const bus = await buses.open({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
    await bus.publish([placed("1")]);
    await bus.publish([placed("2")]);
    expect(seen).toEqual([]);
    await bus.start();
    await idle(bus);
    expect(seen.sort()).toEqual(["1", "2"]);
  });

  test("a group that joins later gets what came before, once", async () => {
    const first = await buses.open({ mails: { "order.placed": () => undefined } });
    await first.start();
    await first.publish([placed("1"), placed("2")]);
    await idle(first);
    await buses.closeAll();

    const seen: string[] = [];
    for (let start = 0; start < 2; start++) {
      const bus = await buses.open({
        mails: { "order.placed": () => void seen.push("mails again") },
        search: { "order.placed": ({ id }) => void seen.push(id) },
      });
      await bus.start();
      await idle(bus);
      await buses.closeAll();
    }
    expect(seen).toEqual(["1", "2"]);
  });

  test("a group that is away for a while gets what came in the meantime", async () => {
    const none = { "order.placed": () => undefined };
    const both = await buses.open({ mails: none, search: none });
    await both.start();
    await buses.closeAll();
    const without = await buses.open({ search: none });
    await without.start();
    await without.publish([placed("1")]);
    await buses.closeAll();
    const seen: string[] = [];
    const back = await buses.open({ mails: { "order.placed": ({ id }) => void seen.push(id) } });
    await back.start();
    await eventually(() => seen.length);
    expect(seen).toEqual(["1"]);
  });

  test("events are handled at the same time, but no more than the house holds", async () => {
    const full = Promise.withResolvers<void>();
    let now = 0;
    let most = 0;
    let done = 0;
    const handle = async () => {
      most = Math.max(most, ++now);
      if (now === 5) full.resolve();
      await full.promise;
      await new Promise((resume) => setImmediate(resume));
      now--;
      done++;
    };
    const bus = await buses.open({ mails: { "order.placed": handle } }, { atOnce: 5 });
    await bus.start();
    await bus.publish(Array.from({ length: 60 }, (_, index) => placed(`${index}`)));
    await idle(bus);
    expect(done).toBe(60);
    expect(most).toBe(5);
  });

  test("handlers that hang keep their places only: the others go on", async () => {
    const release: (() => void)[] = [];
    let done = 0;
    const handle = ({ id }: DurableEvent) =>
      Number(id) < 4 ? new Promise<void>((resume) => release.push(resume)) : void done++;
    const bus = await buses.open({ mails: { "order.placed": handle } }, { atOnce: 5 });
    await bus.start();
    await bus.publish(Array.from({ length: 40 }, (_, index) => placed(`${index}`)));
    await eventually(() => done === 36);
    for (const resume of release) resume();
    await idle(bus);
  });

  test("stopping waits for the handlers that run and begins no others; the next start goes on", async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const seen: string[] = [];
    const handle = async ({ id }: DurableEvent) => {
      begun.resolve();
      if (id === "1") await finish.promise;
      seen.push(id);
    };
    const bus = await buses.open({ mails: { "order.placed": handle } }, { atOnce: 1 });
    await bus.start();
    await bus.publish([placed("1"), placed("2")]);
    await begun.promise;
    let stopped = false;
    const stop = bus.stop().then(() => {
      stopped = true;
    });
    await new Promise((resume) => setImmediate(resume));
    expect(stopped).toBe(false);
    finish.resolve();
    await stop;
    expect(seen).toEqual(["1"]);
    await buses.closeAll();

    const next = await buses.open({ mails: { "order.placed": handle } });
    await next.start();
    await idle(next);
    expect(seen).toEqual(["1", "2"]);
  });

  test("the backlog tells how many wait, and that the oldest waits longer and longer", async () => {
    const first = await buses.open({ mails: { "order.placed": () => undefined } });
    await first.start();
    await buses.closeAll();
    const bus = await buses.open({ mails: { "order.placed": () => undefined } });
    await bus.publish([placed("1"), placed("2")]);
    const { waiting, oldest } = await bus.backlog();
    expect(waiting).toBe(2);
    await eventually(async () => (await bus.backlog()).oldest > oldest);
    expect(await bus.backlog()).toMatchObject({ waiting: 2, dead: 0 });
  });
}

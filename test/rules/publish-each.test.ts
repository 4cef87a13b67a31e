import type { DurableEvent } from "../../mixins/durable-events/event-bus.ts";
import { publishEach } from "../../mixins/durable-events/publish-each.ts";
import { unavailable } from "../../services/shared/errors.ts";

const events = Array.from({ length: 40 }, (_, at) => ({ id: `${at}`, name: "order.placed", payload: {} }));
const away = unavailable("EVENTS_UNAVAILABLE", "The server of durable events does not answer");

/** A bus that never takes some events, and is away when it has been asked so often. */
function bus({ never = [] as string[], awayAfter = Number.POSITIVE_INFINITY } = {}) {
  const taken: string[] = [];
  const asked: number[] = [];
  const publish = async (some: DurableEvent[]) => {
    asked.push(some.length);
    if (asked.length > awayAfter) throw away;
    const bad = some.find(({ id }) => never.includes(id));
    if (bad) throw new Error(`${bad.id} is too large`);
    taken.push(...some.map(({ id }) => id));
  };
  return { taken, asked, publish };
}

describe("events that are published together", () => {
  test("are one request where nothing is wrong, and none where there are none", async () => {
    const { asked, taken, publish } = bus();
    expect(await publishEach(publish, [])).toEqual(new Map());
    expect(await publishEach(publish, events)).toEqual(new Map());
    expect(asked).toEqual([40]);
    expect(taken).toHaveLength(40);
  });

  test("are told but for those that the bus refuses, each with the reason", async () => {
    const never = ["0", "17", "18", "39"];
    const { taken, asked, publish } = bus({ never });
    const refused = await publishEach(publish, events);
    expect([...refused.keys()].sort()).toEqual([...never].sort());
    expect(refused.get("17")).toMatchObject({ message: "17 is too large" });
    expect(taken.sort()).toEqual(
      events
        .map(({ id }) => id)
        .filter((id) => !never.includes(id))
        .sort(),
    );
    expect(asked.length).toBeLessThan(40);
  });

  test("wait together where the bus is away, at once or in the middle", async () => {
    await expect(publishEach(bus({ awayAfter: 0 }).publish, events)).rejects.toBe(away);
    await expect(publishEach(bus({ never: ["30"], awayAfter: 4 }).publish, events)).rejects.toBe(away);
  });
});

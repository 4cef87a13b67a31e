import type { DeadLetter, EventBus } from "../../mixins/durable-events/event-bus.ts";
import type { Ctx } from "../../services/cluster.ts";
import { audit, repair } from "../../services/control/audit.ts";

const letter = (at: number): DeadLetter => ({
  id: `inventory:moved:${at}`,
  group: "inventory",
  event: { id: `moved:${at}`, name: "stock.moved", payload: {} },
  attempts: 12,
  error: "The disk is full",
  at: new Date(at).toISOString(),
});

/** A queue with so many dead letters; one that is sent again is handled when somebody has looked once more. */
class Queue implements Pick<EventBus, "deadLetters" | "redrive" | "backlog"> {
  dead: DeadLetter[];
  waiting = 0;
  /** What is sent again fails again at once. */
  hopeless = false;

  constructor(count: number) {
    this.dead = Array.from({ length: count }, (_, at) => letter(at));
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.dead.slice(0, limit);
  }

  async redrive(id: string): Promise<boolean> {
    const [found] = this.dead.filter((one) => one.id === id);
    if (!found) return false;
    this.dead = this.dead.filter((one) => one !== found);
    if (this.hopeless) this.dead.unshift(found);
    else this.waiting++;
    return true;
  }

  async backlog() {
    const state = { waiting: this.waiting, oldest: 0, dead: this.dead.length };
    this.waiting = Math.max(0, this.waiting - 100);
    return state;
  }
}

const run = async (queue: Queue, patience?: number) => {
  const mended: { action: string; dead: number; waiting: number }[] = [];
  const call = async (action: string) => {
    mended.push({ action, dead: queue.dead.length, waiting: queue.waiting });
    return { repairs: [{ rule: action, subject: "one", detail: "mended" }], left: [] };
  };
  const { repairs } = await repair({ call } as unknown as Ctx, queue as unknown as EventBus, () => true, patience);
  return { mended, repairs };
};

test("every dead letter is delivered again, and handled, before anything is mended that one of them may still write", async () => {
  const { mended, repairs } = await run(new Queue(250));
  expect(mended).toEqual([
    { action: "inventory.repair", dead: 0, waiting: 0 },
    { action: "orders.repair", dead: 0, waiting: 0 },
  ]);
  expect(repairs).toHaveLength(252);
});

test("letters that fail again at once are sent once, and hide no others", async () => {
  const queue = new Queue(250);
  queue.hopeless = true;
  const { repairs } = await run(queue);
  expect(repairs).toHaveLength(252);
});

test("where events never end, the rest is mended nevertheless", async () => {
  const queue = new Queue(0);
  queue.waiting = Number.MAX_SAFE_INTEGER;
  expect((await run(queue, 0)).mended).toHaveLength(2);
});

const missing = { rule: "orders.mail", subject: "7K3F-92QD", detail: "it is confirmed and has no mail" };

test("an audit says nothing of what comes right while the last events are handled", async () => {
  const queue = new Queue(0);
  queue.waiting = 250;
  const call = async () => ({ findings: queue.waiting ? [missing] : [], figures: {} });
  const { parts } = await audit({ call } as unknown as Ctx, queue as unknown as EventBus, () => true);
  expect(parts.flatMap(({ findings }) => findings)).toEqual([]);
});

test("an audit says what is wrong though events never end", async () => {
  const queue = new Queue(0);
  queue.waiting = Number.MAX_SAFE_INTEGER;
  const call = async () => ({ findings: [missing], figures: {} });
  const { parts } = await audit({ call } as unknown as Ctx, queue as unknown as EventBus, () => true, 0);
  expect(parts.find(({ part }) => part === "orders")?.findings).toEqual([missing]);
});

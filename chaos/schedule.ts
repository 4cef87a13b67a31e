import { Chance } from "./chance.ts";

export const FAULT_KINDS = [
  "node killed",
  "node paused",
  "node paused for long",
  "server killed",
  "server restarted",
  "connections cut",
  "connections hang",
  "connections delayed",
  "rolling restart",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that goes wrong: at `at` after everybody is warm it begins, for `length`; milliseconds. */
export interface Fault {
  number: number;
  kind: FaultKind;
  /** A node's id, a server's kind, or the name of a group of nodes. */
  target: string;
  at: number;
  length: number;
  /** How long what passes takes longer, where connections are delayed. */
  delay?: number;
}

/** What there is to break; nodes of a group run the same services. */
export interface Targets {
  groups: readonly { name: string; nodes: readonly string[] }[];
  /** Servers behind proxies. */
  servers: readonly string[];
}

/** So long nothing breaks at first, which shows what is normal; milliseconds. */
export const QUIET = 8_000;
/** Longer than a node may be silent (6 s) and than an order's lease lasts (15 s). */
const LONG_PAUSE = [17_000, 19_000] as const;
/** What a rolling restart takes of a node; the real length counts when it is there. */
const RESTART = 6_000;
/** How often something else goes wrong meanwhile. */
const TWO = 0.25;
/** Who may be killed outright: PostgreSQL, NATS and Redis keep their promises; MongoDB's double is not ours to prove. */
const KILLABLE = ["postgres", "nats", "redis"];

type Card = Pick<Fault, "kind" | "target">;

/** Every kind of fault on every target, in an order that chance decides. */
function deal(chance: Chance, { groups, servers }: Targets): Card[] {
  const nodes = groups.flatMap((group) => group.nodes);
  const someNode = (kind: FaultKind, count: number): Card[] =>
    chance
      .shuffled(nodes)
      .slice(0, count)
      .map((target) => ({ kind, target }));
  return chance.shuffled([
    ...groups.map(({ nodes }): Card => ({ kind: "node killed", target: chance.pick(nodes) })),
    ...someNode("node paused", 2),
    ...someNode("node paused for long", 1),
    ...servers.map(
      (target): Card => ({ kind: KILLABLE.includes(target) ? "server killed" : "server restarted", target }),
    ),
    ...servers.map((target): Card => ({ kind: "connections cut", target })),
    ...servers.map((target): Card => ({ kind: "connections hang", target })),
    ...servers.map((target): Card => ({ kind: "connections delayed", target })),
    ...groups.map(({ name }): Card => ({ kind: "rolling restart", target: name })),
  ]);
}

function lengthOf(chance: Chance, { kind, target }: Card, { groups }: Targets): number {
  switch (kind) {
    case "node paused for long":
      return chance.whole(...LONG_PAUSE);
    case "node killed":
      return chance.whole(500, 8_000);
    case "rolling restart":
      return RESTART * (groups.find(({ name }) => name === target)?.nodes.length ?? 1);
    case "connections delayed":
      return chance.whole(3_000, 8_000);
    default:
      return chance.whole(500, 7_000);
  }
}

/** What breaks when, the same for the same seed and targets: one fault or two at once, and time to recover after them. */
export function schedule(seed: number, seconds: number, targets: Targets): Fault[] {
  const chance = new Chance(seed);
  const end = seconds * 1_000;
  const faults: Fault[] = [];
  let deck: Card[] = [];
  const add = (card: Card, at: number, length: number) => {
    const delay = card.kind === "connections delayed" ? { delay: chance.whole(20, 300) } : {};
    faults.push({ number: faults.length + 1, ...card, at, length, ...delay });
  };
  for (let at = QUIET; at < end; ) {
    if (deck.length === 0) deck = deal(chance, targets);
    const card = deck.pop() as Card;
    const length = lengthOf(chance, card, targets);
    add(card, at, length);
    // What is asked of a rolling restart is asked of nothing else at the same time.
    if (card.kind !== "rolling restart" && chance.likely(TWO)) {
      const others = deck.filter((one) => one.kind !== "rolling restart" && apart(one, card, targets));
      const other = others[0];
      if (other) {
        deck.splice(deck.indexOf(other), 1);
        add(other, at + chance.whole(0, Math.min(length, 3_000)), Math.min(lengthOf(chance, other, targets), 6_000));
      }
    }
    at = Math.max(...faults.map((fault) => fault.at + fault.length)) + chance.whole(5_000, 9_000);
  }
  return faults;
}

/** Whether two faults leave each other something that runs: not the same server, and not two nodes of a group. */
function apart(a: Card, b: Card, { groups }: Targets): boolean {
  if (a.kind === "node paused for long" || b.kind === "node paused for long") return false;
  const groupOf = ({ target }: Card) => groups.find(({ nodes }) => nodes.includes(target))?.name ?? target;
  return groupOf(a) !== groupOf(b);
}

export const describeFault = ({ number, kind, target, length, delay }: Fault): string =>
  `#${number} ${kind}: ${target}${delay ? ` by ${delay} ms` : ""}, ${(length / 1_000).toFixed(1)} s`;

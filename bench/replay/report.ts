import { figure, median, megabytes, quantile } from "../support/figures.ts";
import { describeMachine } from "../support/machine.ts";
import { type Cell, table } from "../support/table.ts";
import { REASONS, type Reason } from "./invoice.ts";
import { type Sample, thinned } from "./memory.ts";
import { type Month, together } from "./revenue.ts";
import { type Outcome, OVERRIDES } from "./run.ts";

/** Thousandths of a pound, exactly: the third decimal only where there is one. */
export function pounds(thousandths: number): string {
  const digits = thousandths % 10 === 0 ? 2 : 3;
  const text = (Math.abs(thousandths) / 1_000).toLocaleString("en-GB", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${thousandths < 0 ? "−" : ""}£${text}`;
}

/** What a run came to, as a page of its own. */
export function report(outcome: Outcome, { title, command }: { title: string; command: string }): string {
  const { machine, file, catalogue, signedUp, steps, orders, events, months } = outcome;
  const all = together(months);
  const rate = orders.placed / orders.seconds;
  const facts: [string, Cell][] = [
    ["Lines of the file", whole(file.rows)],
    ["Invoices", `${whole(file.invoices)}, ${whole(file.cancellations)} of them cancellations`],
    ["SKUs imported", `${whole(catalogue.skus)} of ${whole(catalogue.products)} stock codes`],
    ["Customers signed up", `${whole(signedUp.customers)} in ${figure(signedUp.seconds)} s`],
    ["Access tokens refreshed", whole(signedUp.refreshed)],
    ["Invoices that became orders", whole(steps.orders)],
    ["Orders", `${whole(orders.placed)} with ${whole(orders.lines)} lines`],
    ["Invoices that needed several carts", whole(orders.split)],
    ["Orders canceled and refunded", `${whole(steps.canceled)} cancellation invoices matched wholly`],
    ["Answered 202 before they were done", whole(orders.pending)],
    ["Deliveries of events waiting in the end", `${whole(events.behind)}, done ${figure(events.seconds)} s later`],
    ["**Orders a second**", `**${figure(rate)}** (${figure(orders.lines / orders.seconds)} lines a second)`],
    ["The shop's processor time for an order", `${figure((1_000 * orders.cpu) / orders.placed)} ms`],
    ["Load of the machine in the last minute", figure(machine.load)],
    ["**Unexplained**", `**${pounds(all.unexplained)}**`],
  ];
  return [
    `# ${title}`,
    "",
    `\`${command}\`, ${outcome.width} at a time, the invoices of one customer in their order; ${describeMachine(machine)}.`,
    "The replay itself runs on the same cores.",
    "",
    table(["", "In this run"], facts),
    "",
    "Each run starts an empty shop, and overrides:",
    "",
    ...overrides(),
    "",
    "## Revenue, month by month",
    "",
    "By our shop: captured less refunded, as `GET /admin/orders` tells it, by the months of the invoices. By the file: the",
    "sum of quantity × price of all its lines. What lies between is below, reason by reason.",
    "",
    revenue(months.length > 1 ? [...months, all] : months),
    "",
    "## What the file has and our revenue has not",
    "",
    reasons(all),
    "",
    ...(months.length > 1 ? ["By month:", "", reasonsByMonth([...months, all]), ""] : []),
    "## Latency",
    "",
    latencies(outcome),
    "",
    "## Memory of the shop",
    "",
    flatness(outcome.memory),
    "",
    memory(outcome.memory),
    "",
    "## Writes for each order",
    "",
    table(
      ["Collection", "Writes", "For each order"],
      Object.entries(outcome.writes).map(([name, writes]) => [name, whole(writes), figure(writes / orders.placed)]),
    ),
    "",
    "## The audit afterwards",
    "",
    "```",
    outcome.audit.trim(),
    "```",
    "",
  ].join("\n");
}

const whole = (count: number): string => count.toLocaleString("en-GB");

function overrides(): string[] {
  const { environment, settings, passwordCost } = OVERRIDES;
  return [
    ...Object.entries(environment).map(([name, value]) => `- \`${name}=${value}\``),
    ...Object.entries(settings).map(([name, value]) => `- setting \`${name}\`: \`${JSON.stringify(value)}\``),
    `- bcrypt's cost ${passwordCost}: this is no test of passwords`,
  ];
}

function revenue(months: readonly Month[]): string {
  const head = [
    "Month",
    "By the file",
    "Captured",
    "Refunded",
    "By our shop",
    "Difference",
    "Explained",
    "Unexplained",
  ];
  const rows = months.map(({ month, file, captured, refunded, ours, unexplained }) => [
    month,
    ...[file, captured, refunded, ours, file - ours, file - ours - unexplained, unexplained].map(pounds),
  ]);
  return table(head, rows);
}

function reasons({ left, shipping }: Month): string {
  const rows: Cell[][] = [...left.values()]
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .map(({ reason, lines, value }) => [REASONS[reason], whole(lines), pounds(value)]);
  if (shipping) rows.push(["Shipping that our shop charged and the file does not know", "", pounds(-shipping)]);
  return table(["Reason", "Lines", "Value in the file"], rows);
}

function reasonsByMonth(months: readonly Month[]): string {
  const names = Object.keys(REASONS).filter((reason) => months.some(({ left }) => left.has(reason as Reason)));
  const rows = names.map((reason) => [
    REASONS[reason as Reason],
    ...months.map(({ left }) => {
      const found = left.get(reason as Reason);
      return found ? `${pounds(found.value)} (${whole(found.lines)})` : "–";
    }),
  ]);
  return table(["Value (lines)", ...months.map(({ month }) => month)], rows);
}

function latencies({ latencies: { cart, order, checkout, cancel } }: Outcome): string {
  const row = (name: string, values: readonly number[]): Cell[] => [
    name,
    whole(values.length),
    ...[0.5, 0.99, 1].map((part) => (values.length ? `${figure(quantile(values, part))} ms` : "–")),
  ];
  const rows = [
    row("`POST /carts` with all lines", cart),
    row("`POST /orders`", order),
    row("both: a whole checkout", checkout),
    row("`POST /orders/{id}/cancel`", cancel),
  ];
  return table(["Request", "How many", "p50", "p99", "Longest"], rows);
}

/** The middle of the third quarter's memory, and of the last one's. */
export function halves(samples: readonly Sample[]): { before: number; after: number } | null {
  if (samples.length < 8) return null;
  const quarter = Math.floor(samples.length / 4);
  const rss = samples.map((sample) => sample.rss);
  return { before: median(rss.slice(2 * quarter, 3 * quarter)), after: median(rss.slice(3 * quarter)) };
}

function flatness(samples: readonly Sample[]): string {
  const seen = halves(samples);
  if (!seen) return "Too short a run to tell.";
  const growth = (100 * (seen.after - seen.before)) / seen.before;
  const most = Math.max(...samples.map(({ rss }) => rss));
  return (
    `The median of the last quarter, ${megabytes(seen.after)}, is ${figure(Math.abs(growth))} % ` +
    `${growth < 0 ? "below" : "above"} that of the quarter before; the most was ${megabytes(most)}.`
  );
}

function memory(samples: readonly Sample[]): string {
  const rows = thinned(samples, 12).map(({ at, orders, rss }) => [
    `${Math.round(at)} s`,
    whole(orders),
    megabytes(rss),
  ]);
  return table(["After", "Orders", "Resident"], rows);
}

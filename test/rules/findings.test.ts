import { named, untoldFindings } from "../../services/shared/findings.ts";

const finding = (at: number) => ({
  rule: "payments.operation",
  subject: `${at}`.padEnd(64, "貨"),
  detail: "銀".repeat(2_000),
});

test("whatever is found, and however much, its answer passes between nodes", () => {
  const answer = named(Array.from({ length: 5_000 }, (_, at) => finding(at)));
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(950_000);
  expect(answer.at(-1)).toMatchObject({ subject: "4000 more" });
});

test("what is little is told as it is", () => {
  const few = [{ rule: "inventory.onHand", subject: "A", detail: "movements sum to 1, on hand is 2" }];
  expect(named(few)).toEqual(few);
});

test("events that have waited in their outboxes for more than a minute are found, and younger ones are not", async () => {
  const now = Date.parse("2026-03-01T12:00:00.000Z");
  const since = "2026-03-01T11:58:00.000Z";
  const untold = async ({ before }: { before: string }) => ({ documents: since <= before ? 3 : 0, since });
  expect(await untoldFindings({ untold }, "stock", now)).toEqual([
    { rule: "stock.untold", subject: "stock", detail: `events of 3 wait, the oldest since ${since}` },
  ]);
  expect(await untoldFindings({ untold }, "stock", now - 60_001)).toEqual([]);
});

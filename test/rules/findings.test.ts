import { named } from "../../services/shared/findings.ts";

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

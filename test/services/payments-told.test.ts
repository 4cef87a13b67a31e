import type { PaymentRecord } from "../../services/payments/payment.tables.ts";
import { PaymentStore } from "../../services/payments/payment-store.ts";
import { eventually } from "../support/eventually.ts";
import { type MoneyPlace, postgresForAll, postgresPlace } from "../support/money-databases.ts";
import { openDesk, type TestDesk } from "../support/money-desks.ts";
import { describeWithServer } from "../support/servers.ts";

describeWithServer("postgres", "what two nodes tell of payments", () => {
  const server = postgresForAll();
  let place: MoneyPlace;
  let nodes: [TestDesk, TestDesk];

  beforeAll(async () => {
    place = await postgresPlace(server());
    nodes = [await openDesk(place.node()), await openDesk(place.node())];
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ desk }) => desk.stop()));
    await place.close();
  });

  const [first, second] = [() => nodes[0], () => nodes[1]];
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const either = (i: number) => nodes[i % 2] as TestDesk;
  /** Everything that either has told, with the id of its event. */
  const heard = () =>
    nodes.flatMap(({ told }) =>
      told.map(({ id, payload }) => ({ ...(payload as { paymentId: string; status: string }), id })),
    );

  test("trap 21: what both do at once is told by them at least once, and the sums agree", async () => {
    const orders = await Promise.all(many(40, (i) => either(i).authorize("tok_ok")));
    await Promise.all(orders.map(({ orderId }, i) => either(i + 1).desk.capture(orderId)));
    // Another wrote this and died before it told of it.
    const silent = new PaymentStore(place.node()("money"), () => undefined);
    const withdrawn = await first().authorize("tok_ok");
    await silent.claim(withdrawn.orderId, (payment) => ({ ...payment, failures: 1 }));
    const payment = (await silent.ofOrder(withdrawn.orderId)) as typeof withdrawn;
    await silent.change(payment, (now) => ({ payment: { ...now, status: "voided", leased: false, dueAt: null } }));
    const expected = new Set([
      ...orders.flatMap(({ id }) => [`${id}:authorized`, `${id}:captured`]),
      `${withdrawn.id}:authorized`,
      `${withdrawn.id}:voided`,
    ]);
    await eventually(async () => {
      const told = new Set(heard().map(({ paymentId, status }) => `${paymentId}:${status}`));
      return [...expected].every((id) => told.has(id));
    });
    await eventually(
      async () => (await first().desk.store.db.selectFrom("outbox").select("id").execute()).length === 0,
    );
    expect(await second().findings()).toEqual([]);
  });

  test("a payment that is voided, holds money after all, and is voided again, is told of each time", async () => {
    const silent = new PaymentStore(place.node()("money"), () => undefined);
    const { id, orderId } = await first().authorize("tok_ok");
    for (const status of ["voided", "authorized", "voided"] as const) {
      const payment = (await silent.ofOrder(orderId)) as PaymentRecord;
      await silent.change(payment, (now) => ({ payment: { ...now, status, leased: false, dueAt: null } }));
    }
    const told = () => new Map(heard().map((fact) => [fact.id, fact]));
    const ofIt = () => [...told().values()].filter(({ paymentId }) => paymentId === id);
    await eventually(() => ofIt().length === 4);
    expect(
      ofIt()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(["authorized", "authorized", "voided", "voided"]);
  });
});

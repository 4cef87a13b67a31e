import { newId } from "../../services/shared/ids.ts";
import { CHECKOUT, cartWith, place, product } from "../support/checkout.ts";
import { startServices, type TestShop } from "../support/services.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices(CHECKOUT);
});
afterAll(() => shop.stop());

const amount = { amount: 12_900, currency: "USD" };
const authorize = (token: string) => shop.inside.call("payments.authorize", { orderId: newId(), amount, token });
const findings = async () => (await shop.inside.call("orders.audit")).findings;

test("trap 22: money that was taken or set aside for an order that is not there is told, and no other", async () => {
  await place(shop, (await cartWith(shop, await product(shop, 1))).id);
  await authorize("tok_declined");
  expect(await findings()).toEqual([]);

  const { orderId } = await authorize("tok_ok");
  const taken = await shop.inside.call("payments.capture", { orderId });
  const setAside = await authorize("tok_ok");
  const told = (await findings()).toSorted((a, b) => a.subject.localeCompare(b.subject));
  expect(told).toEqual(
    [taken, setAside].map(({ id, orderId, status }) => ({
      rule: "payments.orphan",
      subject: id,
      detail: `it is ${status} for order ${orderId}, which is not there`,
    })),
  );
  expect([taken.status, setAside.status]).toEqual(["captured", "authorized"]);

  // Whether it goes back is for staff to say.
  expect(await shop.inside.call("orders.repair")).toEqual({ repairs: [] });
  for (const { orderId } of [taken, setAside]) await shop.inside.call("payments.undo", { orderId });
  expect(await findings()).toEqual([]);
});

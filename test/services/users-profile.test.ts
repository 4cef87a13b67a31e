import type { TestShop } from "../support/services.ts";
import { newCustomer, type Someone, startUsers } from "../support/users.ts";

let shop: TestShop;
let ada: Someone;
beforeAll(async () => {
  shop = await startUsers();
});
beforeEach(async () => {
  ada = await newCustomer(shop);
});
afterAll(() => shop.stop());

const home = {
  name: "Ada Lovelace",
  line1: "12 St James's Square",
  city: "London",
  postalCode: "SW1Y 4JH",
  country: "GB",
};
const saved = async () => (await ada.calls.call("users.addresses")).items;

test("one's own name can be changed, one's address and roles cannot", async () => {
  expect(await ada.calls.call("users.updateMe", { name: "Countess" })).toEqual({ ...ada.user, name: "Countess" });
  for (const more of [{ email: "other@example.com" }, { roles: ["administrator"] }]) {
    const wish = ada.calls.call("users.updateMe", { name: "Ada", ...more } as never);
    await expect(wish).rejects.toMatchObject({ code: 422 });
  }
});

test("services can ask where an account is written to", async () => {
  const { id, email, name } = ada.user;
  expect(await shop.inside.call("users.contact", { id })).toEqual({ email, name });
  expect(await shop.inside.call("users.contact", { id: "0198c0de-0000-7000-8000-0000000000ff" })).toBeNull();
  await expect(ada.calls.call("users.contact", { id })).rejects.toMatchObject({ type: "ACTION_INTERNAL" });
});

test("addresses are kept in the order in which they were saved", async () => {
  expect(await saved()).toEqual([]);
  const first = await ada.calls.call("users.addAddress", home);
  const second = await ada.calls.call("users.addAddress", { ...home, city: "Bath", company: "Engines" });
  expect(first).toEqual({ ...home, id: first.id });
  expect(await saved()).toEqual([first, second]);
  await ada.calls.call("users.removeAddress", { id: first.id });
  expect(await saved()).toEqual([second]);
});

test("an address is changed in the fields that are named, and null takes one away", async () => {
  const other = await ada.calls.call("users.addAddress", home);
  const { id } = await ada.calls.call("users.addAddress", { ...home, company: "Engines" });
  const changed = await ada.calls.call("users.updateAddress", { id, city: "Bath", company: null });
  expect(changed).toEqual({ ...home, id, city: "Bath" });
  expect(await saved()).toEqual([other, changed]);
  await expect(ada.calls.call("users.updateAddress", { id, city: null } as never)).rejects.toMatchObject({
    code: 422,
    data: { errors: [{ path: "city" }] },
  });
});

test("there is room for twenty addresses, also when they come at once", async () => {
  const all = await Promise.allSettled(Array.from({ length: 25 }, () => ada.calls.call("users.addAddress", home)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  for (const one of all)
    if (one.status === "rejected") expect(one.reason).toMatchObject({ code: 409, type: "ADDRESSES_FULL" });
  expect(new Set((await saved()).map(({ id }) => id)).size).toBe(20);
});

test("parallel changes of several addresses all count", async () => {
  const addresses = [];
  for (let n = 0; n < 5; n++) addresses.push(await ada.calls.call("users.addAddress", home));
  await Promise.all(addresses.map(({ id }, n) => ada.calls.call("users.updateAddress", { id, city: `City ${n}` })));
  expect((await saved()).map(({ city }) => city)).toEqual([0, 1, 2, 3, 4].map((n) => `City ${n}`));
});

test("somebody else's address is not found, neither to change nor to remove", async () => {
  const { id } = await ada.calls.call("users.addAddress", home);
  const eve = await newCustomer(shop);
  const missing = { code: 404, type: "ADDRESS_NOT_FOUND" };
  await expect(eve.calls.call("users.updateAddress", { id, city: "Bath" })).rejects.toMatchObject(missing);
  await expect(eve.calls.call("users.removeAddress", { id })).rejects.toMatchObject(missing);
  expect(await saved()).toHaveLength(1);
});

test("a stranger has neither profile nor addresses", async () => {
  for (const action of ["users.me", "users.addresses", "users.sessions"] as const) {
    await expect(shop.as({}).call(action)).rejects.toMatchObject({ code: 401, type: "SIGN_IN_REQUIRED" });
  }
});

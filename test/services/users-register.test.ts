import { newId } from "../../services/shared/ids.ts";
import type { TestShop } from "../support/services.ts";
import { identified, newCustomer, password, startUsers } from "../support/users.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startUsers("users,products,inventory,pricing,carts,payments");
  await shop.inside.call("products.create", {
    name: "Trail jacket",
    variants: [{ sku: "TJ-S", price: { amount: 12_900, currency: "USD" } }],
  });
});
afterAll(() => shop.stop());

const register = (input: { email: string; password?: string; name?: string; cartId?: string }) =>
  shop.as({}).call("users.register", { password, name: "Ada", ...input });
const problem = (error: unknown) => (error as { data: { errors: { path: string; message: string }[] } }).data.errors;

test("who registers is signed in, as a customer who may do nothing that staff may", async () => {
  const ada = await identified(shop, await register({ email: "Ada@Example.com", name: "  Ada Lovelace " }));
  expect(ada.user).toEqual({
    id: ada.meta.userId,
    email: "ada@example.com",
    name: "Ada Lovelace",
    roles: [],
    permissions: [],
  });
  expect(await ada.calls.call("users.me")).toEqual(ada.user);
  expect((await shop.as({}).call("users.login", { email: "ADA@example.com", password })).user).toEqual(ada.user);
  await expect(ada.calls.call("users.list")).rejects.toMatchObject({ code: 403, type: "PERMISSION_MISSING" });
});

test("a taken address is a conflict, whatever its case", async () => {
  await register({ email: "twice@example.com" });
  await expect(register({ email: "Twice@Example.COM" })).rejects.toMatchObject({ code: 409, type: "EMAIL_TAKEN" });
});

test("of many who register one address at once, one gets the account", async () => {
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) => register({ email: "race@example.com", name: `Racer ${n}` })),
  );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const one of all) if (one.status === "rejected") expect(one.reason).toMatchObject({ type: "EMAIL_TAKEN" });
  const { total } = await shop.inside.call("users.list", { q: "race@" });
  expect(total).toBe(1);
});

test.each([
  ["too short", "zrq7vkx2m", "At least 10 characters"],
  ["too long", "ab cd ef gh ".repeat(7), "At most 72 bytes"],
  ["common", "Password123!", "Too easy to guess: take several words, or something longer"],
  ["the address itself", "weak@example.com", "Not your e-mail address"],
])("a password that is %s is refused by its field", async (_, weak, message) => {
  const error = await register({ email: "weak@example.com", password: weak }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 422, type: "VALIDATION_ERROR" });
  expect(problem(error)).toEqual([{ path: "password", message }]);
});

test("an address that is none, an empty name, a name of two lines and unknown fields are refused by name", async () => {
  const error = await shop
    .as({})
    .call("users.register", { email: "nobody", password, name: " ", roles: ["administrator"] } as never)
    .catch((thrown: unknown) => thrown);
  expect(problem(error).map(({ path }) => path)).toEqual(["email", "name", "roles"]);
  await expect(register({ email: "two@example.com", name: "Ada\nBcc: all@example.com" })).rejects.toMatchObject({
    code: 422,
  });
});

describe("a guest's cart", () => {
  const cart = () => shop.as({}).call("carts.create", { lines: [{ sku: "TJ-S", quantity: 1 }] });

  test("goes into the customer's at registration and at sign-in", async () => {
    const first = await register({ email: "cart@example.com", cartId: (await cart()).id });
    expect(first.cartMerged).toBe(true);
    const second = await shop
      .as({})
      .call("users.login", { email: "cart@example.com", password, cartId: (await cart()).id });
    expect(second.cartMerged).toBe(true);
    const mine = await shop.as({ userId: second.user.id }).call("carts.mine");
    expect(mine.lines).toMatchObject([{ sku: "TJ-S", quantity: 2 }]);
  });

  test("that is locked by an order stays a guest's, and keeps nobody out", async () => {
    const { id, version } = await cart();
    await shop.inside.call("carts.lock", { id, version, orderId: newId() });
    expect(await register({ email: "locked@example.com", cartId: id })).toMatchObject({ cartMerged: false });
  });

  test("that nobody knows keeps nobody out", async () => {
    for (const [at, cartId] of ["x".repeat(24), "no cart at all"].entries()) {
      const { user } = await register({ email: `cart-${at}@example.com`, cartId });
      expect((await shop.as({ userId: user.id }).call("carts.mine")).lines).toEqual([]);
    }
  });

  test("is not spoken of where none came", async () => {
    expect(await newCustomer(shop)).not.toHaveProperty("cartMerged");
  });
});

test("a crowd is told to come later, and then the door is open again", async () => {
  // Each node has a queue of its own.
  const crowd = 200 * shop.nodes.length;
  const all = await Promise.allSettled(
    Array.from({ length: crowd }, () => shop.as({}).call("users.login", { email: "nobody@example.com", password })),
  );
  const types = all.map((one) => (one as PromiseRejectedResult).reason as { type: string; code: number });
  const busy = types.filter(({ type }) => type === "SIGN_IN_BUSY");
  expect(busy.length).toBeGreaterThan(crowd / 2);
  expect(busy[0]).toMatchObject({ code: 503 });
  expect(types.filter(({ type }) => type === "CREDENTIALS_INVALID")).toHaveLength(crowd - busy.length);
  // That many refusals would have opened the circuit breaker.
  await newCustomer(shop);
});

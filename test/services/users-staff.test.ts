import { accountsSpec } from "../../services/users/user.documents.ts";
import type { TestShop } from "../support/services.ts";
import {
  adminEmail,
  administrator,
  newCustomer,
  password,
  type Someone,
  signInAs,
  startUsers,
} from "../support/users.ts";

let shop: TestShop;
let admin: Someone;
beforeEach(async () => {
  shop = await startUsers();
  admin = await administrator(shop);
});
afterEach(() => shop.stop());

const give = (who: Someone, roles: string[]) => admin.calls.call("users.update", { id: who.user.id, roles });
const again = (who: Someone) => signInAs(shop, who.user.email);
/** Somebody who may change people, but nothing else. */
async function clerk(): Promise<Someone> {
  await admin.calls.call("users.saveRole", { name: "clerk", permissions: ["users:read", "users:write"] });
  const one = await newCustomer(shop);
  await give(one, ["clerk"]);
  return again(one);
}
const notHeld = { code: 403, type: "PERMISSION_NOT_HELD" };
const last = { code: 409, type: "LAST_ADMINISTRATOR" };

test("people are found by how their address begins, and their roles are told", async () => {
  const ada = await newCustomer(shop);
  const { items, total } = await admin.calls.call("users.list", { limit: 1 });
  expect({ total, items }).toMatchObject({ total: 2, items: [{ email: adminEmail, roles: ["administrator"] }] });
  const found = await admin.calls.call("users.list", { q: "Customer-" });
  expect(found.items).toEqual([await admin.calls.call("users.get", { id: ada.user.id })]);
  expect(found.items[0]).toMatchObject({ ...ada.user, disabled: false });
  expect((await admin.calls.call("users.list", { q: "zz" })).items).toEqual([]);
  const nobody = { id: "0198c0de-0000-7000-8000-0000000000ff" };
  await expect(admin.calls.call("users.get", nobody)).rejects.toMatchObject({ code: 404, type: "USER_NOT_FOUND" });
});

test("neither passwords nor tokens are told of anybody", async () => {
  const told = JSON.stringify(await admin.calls.call("users.list", {}));
  expect(told).not.toMatch(/passwordHash|sessions|\$2b\$/);
});

test("a role counts from the next token on", async () => {
  const ada = await newCustomer(shop);
  expect(await give(ada, ["support"])).toMatchObject({ roles: ["support"] });
  const { user } = await shop.as({}).call("users.refresh", { refreshToken: ada.refreshToken });
  expect(user.permissions).toEqual(expect.arrayContaining(["orders:write"]));
  expect((await again(ada)).meta.permissions).toEqual(user.permissions);
});

test("a role that does not exist is refused by name", async () => {
  const ada = await newCustomer(shop);
  await expect(give(ada, ["support", "pirate"])).rejects.toMatchObject({
    code: 422,
    data: { errors: [{ path: "roles.1", message: "There is no role pirate" }] },
  });
});

describe("roles of the shop's own", () => {
  test("give what they say, and after a change what they say then", async () => {
    const ada = await newCustomer(shop);
    const role = { name: "buyer", permissions: ["inventory:read", "products:read"] };
    expect(await admin.calls.call("users.saveRole", role)).toEqual({ ...role, builtIn: false });
    await give(ada, ["buyer"]);
    expect((await again(ada)).meta.permissions).toEqual(role.permissions);
    await admin.calls.call("users.saveRole", { name: "buyer", permissions: ["products:read"] });
    expect((await again(ada)).meta.permissions).toEqual(["products:read"]);
    const { items } = await admin.calls.call("users.roles");
    expect(items.map(({ name }) => name)).toEqual(["administrator", "manager", "support", "buyer"]);
  });

  test("are taken from everybody when they are removed, and a later one of that name is nobody's", async () => {
    const ada = await newCustomer(shop);
    const role = { name: "buyer", permissions: ["products:read"] };
    await admin.calls.call("users.saveRole", role);
    await give(ada, ["buyer", "support"]);
    await admin.calls.call("users.removeRole", { name: "buyer" });
    await admin.calls.call("users.saveRole", role);
    expect((await again(ada)).user.roles).toEqual(["support"]);
  });

  test("are made of permissions that exist", async () => {
    const wrong = admin.calls.call("users.saveRole", { name: "pirate", permissions: ["orders:read", "ships:sink"] });
    await expect(wrong).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "permissions.1" }] } });
  });

  test("never take the place of those that every shop has", async () => {
    for (const name of ["administrator", "support"]) {
      const builtIn = { code: 409, type: "ROLE_BUILT_IN" };
      await expect(admin.calls.call("users.saveRole", { name, permissions: [] })).rejects.toMatchObject(builtIn);
      await expect(admin.calls.call("users.removeRole", { name })).rejects.toMatchObject(builtIn);
    }
    await expect(admin.calls.call("users.removeRole", { name: "nothing" })).rejects.toMatchObject({ code: 404 });
  });
});

describe("nobody gives what they do not hold", () => {
  test("neither to others nor to themselves, by a role or by what is in it", async () => {
    const one = await clerk();
    const ada = await newCustomer(shop);
    for (const [id, roles] of [
      [ada.user.id, ["support"]],
      [ada.user.id, ["administrator"]],
      [one.user.id, ["clerk", "administrator"]],
    ] as const) {
      await expect(one.calls.call("users.update", { id, roles: [...roles] })).rejects.toMatchObject(notHeld);
    }
    const more = { name: "clerk", permissions: ["users:read", "users:write", "orders:read"] };
    await expect(one.calls.call("users.saveRole", more)).rejects.toMatchObject(notHeld);
    expect(await one.calls.call("users.update", { id: ada.user.id, roles: ["clerk"] })).toMatchObject({
      roles: ["clerk"],
    });
  });

  test("nor takes it from others or disables who has it", async () => {
    const one = await clerk();
    const ada = await newCustomer(shop);
    await give(ada, ["manager"]);
    for (const wish of [{ roles: [] }, { disabled: true }]) {
      await expect(one.calls.call("users.update", { id: ada.user.id, ...wish })).rejects.toMatchObject(notHeld);
      await expect(one.calls.call("users.update", { id: admin.user.id, ...wish })).rejects.toMatchObject(notHeld);
    }
    await admin.calls.call("users.saveRole", { name: "buyer", permissions: ["products:write"] });
    await expect(one.calls.call("users.removeRole", { name: "buyer" })).rejects.toMatchObject(notHeld);
  });

  test("nor with a token from before it was taken away", async () => {
    const one = await clerk();
    const ada = await newCustomer(shop);
    await give(one, []);
    await expect(one.calls.call("users.update", { id: ada.user.id, roles: ["clerk"] })).rejects.toMatchObject(notHeld);
  });
});

describe("a disabled account", () => {
  test("gets no tokens, by password or by refresh, and is nobody at once", async () => {
    const ada = await newCustomer(shop);
    expect(await admin.calls.call("users.update", { id: ada.user.id, disabled: true })).toMatchObject({
      disabled: true,
    });
    await expect(again(ada)).rejects.toMatchObject({ code: 403, type: "ACCOUNT_DISABLED" });
    const refreshed = shop.as({}).call("users.refresh", { refreshToken: ada.refreshToken });
    await expect(refreshed).rejects.toMatchObject({ code: 401 });
    await expect(ada.calls.call("users.me")).rejects.toMatchObject({ code: 401 });
    await admin.calls.call("users.update", { id: ada.user.id, disabled: false });
    await again(ada);
  });

  test("tells so only to who knows the password", async () => {
    const ada = await newCustomer(shop);
    await admin.calls.call("users.update", { id: ada.user.id, disabled: true });
    const guess = signInAs(shop, ada.user.email, "not the password");
    await expect(guess).rejects.toMatchObject({ type: "CREDENTIALS_INVALID" });
  });

  test("lets no sign-in through that was under way", async () => {
    const ada = await newCustomer(shop);
    const late = Array.from({ length: 10 }, () => again(ada).catch(() => null));
    await admin.calls.call("users.update", { id: ada.user.id, disabled: true });
    await Promise.all(late);
    expect((await shop.platform.collection(accountsSpec).get(ada.user.id))?.sessions).toEqual({});
  });
});

describe("the last administrator", () => {
  test("can neither be disabled nor lose the role, also by their own hand", async () => {
    for (const wish of [{ disabled: true }, { roles: [] }, { roles: ["support"] }]) {
      await expect(admin.calls.call("users.update", { id: admin.user.id, ...wish })).rejects.toMatchObject(last);
    }
    expect((await again(admin)).user.roles).toEqual(["administrator"]);
  });

  test("of two who remove each other at the same moment one remains", async () => {
    const ada = await newCustomer(shop);
    for (let round = 0; round < 5; round++) {
      await shop.inside.call("users.update", { id: ada.user.id, roles: ["administrator"] });
      await shop.inside.call("users.update", { id: admin.user.id, roles: ["administrator"] });
      const [one, other] = [await administrator(shop), await again(ada)];
      const wish = round % 2 ? { roles: [] } : { disabled: true };
      await Promise.allSettled([
        one.calls.call("users.update", { id: other.user.id, ...wish }),
        other.calls.call("users.update", { id: one.user.id, ...wish }),
      ]);
      const { items } = await shop.inside.call("users.list", {});
      const left = items.filter(({ roles, disabled }) => roles.includes("administrator") && !disabled);
      expect(left).toHaveLength(1);
      await shop.inside.call("users.update", { id: ada.user.id, disabled: false });
      await shop.inside.call("users.update", { id: admin.user.id, disabled: false });
    }
  });

  test("of five whom everybody removes at once one remains, and can sign in", async () => {
    const people = [admin];
    for (let n = 0; n < 4; n++) {
      const one = await newCustomer(shop);
      await give(one, ["administrator"]);
      people.push(await again(one));
    }
    await Promise.allSettled(
      people.flatMap(({ calls }) =>
        people.map(({ user }) => calls.call("users.update", { id: user.id, disabled: true })),
      ),
    );
    const { items } = await shop.inside.call("users.list", {});
    const left = items.filter(({ roles }) => roles.includes("administrator"));
    expect(left).toHaveLength(1);
    expect((await signInAs(shop, left[0]?.email ?? "")).user.roles).toEqual(["administrator"]);
  });

  test("who is made one while being disabled ends as one of the two", async () => {
    const ada = await newCustomer(shop);
    await Promise.allSettled([
      give(ada, ["administrator"]),
      admin.calls.call("users.update", { id: ada.user.id, disabled: true }),
    ]);
    const { roles, disabled } = await admin.calls.call("users.get", { id: ada.user.id });
    expect(disabled).toBe(!roles.includes("administrator"));
  });

  test("is disabled only after the role is given away, and loses it by that", async () => {
    const ada = await newCustomer(shop);
    await give(ada, ["administrator"]);
    const both = { id: admin.user.id, roles: ["administrator"], disabled: true };
    await expect(admin.calls.call("users.update", both)).rejects.toMatchObject({ code: 422 });
    const out = await admin.calls.call("users.update", { id: admin.user.id, disabled: true });
    expect(out).toMatchObject({ roles: [], disabled: true });
    const back = await shop.inside.call("users.update", { id: admin.user.id, disabled: false });
    expect(back).toMatchObject({ roles: [], disabled: false });
  });
});

describe("a lost administrator", () => {
  const rescue = (email: string, own?: string) =>
    shop.inside.call("users.rescue", { email, ...(own ? { password: own } : {}) });

  test("gets a generated password and the role, and every session ends", async () => {
    const ada = await newCustomer(shop);
    await admin.calls.call("users.update", { id: ada.user.id, disabled: true });
    const { password: generated, made } = await rescue(ada.user.email.toUpperCase());
    expect(made).toBe(false);
    expect((await signInAs(shop, ada.user.email, generated ?? "")).user.roles).toEqual(["administrator"]);
    await expect(again(ada)).rejects.toMatchObject({ type: "CREDENTIALS_INVALID" });
    const refreshed = shop.as({}).call("users.refresh", { refreshToken: ada.refreshToken });
    await expect(refreshed).rejects.toMatchObject({ code: 401 });
  });

  test("gets an account where there is none, and a password of their own where it is good", async () => {
    expect(await rescue("new@example.com", "a wholly different one")).toEqual({
      email: "new@example.com",
      password: null,
      made: true,
    });
    expect((await signInAs(shop, "new@example.com", "a wholly different one")).user.roles).toEqual(["administrator"]);
    await expect(rescue("new@example.com", "short")).rejects.toMatchObject({ code: 422 });
  });

  test("is no business of anybody outside", async () => {
    const wish = admin.calls.call("users.rescue", { email: adminEmail });
    await expect(wish).rejects.toMatchObject({ code: 403, type: "ACTION_INTERNAL" });
    await signInAs(shop, adminEmail, password);
  });
});

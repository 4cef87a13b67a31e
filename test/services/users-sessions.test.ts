import { accountsSpec } from "../../services/users/user.documents.ts";
import type { TestShop } from "../support/services.ts";
import { identified, newCustomer, password, type Someone, signInAs, startUsers } from "../support/users.ts";

let shop: TestShop;
let ada: Someone;
beforeAll(async () => {
  shop = await startUsers();
});
beforeEach(async () => {
  ada = await newCustomer(shop);
});
afterAll(() => shop.stop());

const refresh = (refreshToken: string, idempotencyKey = Math.random().toString()) =>
  shop.as({ idempotencyKey }).call("users.refresh", { refreshToken });
const sessionsOf = async ({ calls }: Someone) => (await calls.call("users.sessions")).items;
const over = { code: 401, type: "REFRESH_TOKEN_INVALID" };
const reused = { code: 401, type: "REFRESH_TOKEN_REUSED" };

describe("refreshing", () => {
  test("a refresh token gives a new pair of the same session", async () => {
    const next = await identified(shop, await refresh(ada.refreshToken));
    expect(next.refreshToken).not.toBe(ada.refreshToken);
    expect(next.meta).toEqual(ada.meta);
    expect(next.user).toEqual(ada.user);
    expect(await sessionsOf(next)).toHaveLength(1);
  });

  test("a refresh token used twice ends its session, and no other", async () => {
    const phone = await signInAs(shop, ada.user.email);
    const next = await refresh(ada.refreshToken);
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(next.refreshToken)).rejects.toMatchObject(over);
    await expect(ada.calls.call("users.me")).rejects.toMatchObject({ code: 401, type: "SESSION_ENDED" });
    await refresh(phone.refreshToken);
  });

  test("also a token from several refreshes ago ends it", async () => {
    let token = ada.refreshToken;
    for (let n = 0; n < 3; n++) token = (await refresh(token)).refreshToken;
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(reused);
    await expect(refresh(token)).rejects.toMatchObject(over);
  });

  test("of two refreshes at once with one token one is refused, and the session ends", async () => {
    const both = await Promise.allSettled([refresh(ada.refreshToken), refresh(ada.refreshToken)]);
    const [won] = both.filter((one) => one.status === "fulfilled");
    expect(both.filter((one) => one.status === "rejected")).toMatchObject([{ reason: reused }]);
    await expect(refresh(won?.value.refreshToken ?? "")).rejects.toMatchObject(over);
  });

  test("the request whose answer was lost gets the same refresh token again, until that one is used", async () => {
    const first = await refresh(ada.refreshToken, "lost");
    const again = await refresh(ada.refreshToken, "lost");
    expect(again.refreshToken).toBe(first.refreshToken);
    const next = await refresh(first.refreshToken);
    await expect(refresh(ada.refreshToken, "lost")).rejects.toMatchObject(reused);
    await expect(refresh(next.refreshToken)).rejects.toMatchObject(over);
  });

  test("what was never a token is refused and ends nothing", async () => {
    const [account, session, nonce] = ada.refreshToken.split(".");
    for (const forged of ["", "x", `${account}.${session}.${nonce}.forged`, ada.accessToken.slice(0, 200)]) {
      await expect(refresh(forged)).rejects.toMatchObject(over);
    }
    await refresh(ada.refreshToken);
  });

  test("a device that was away for a month must sign in again", async () => {
    const accounts = shop.platform.collection(accountsSpec);
    const at = `sessions.${ada.meta.sessionId}.expiresAt`;
    await accounts.change(ada.user.id, {}, { $set: { [at]: new Date(Date.now() - 1_000).toISOString() } });
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(over);
    expect(await sessionsOf(ada)).toEqual([]);
  });

  test("no refresh token is stored", async () => {
    const next = await refresh(ada.refreshToken);
    const stored = JSON.stringify(await shop.platform.collection(accountsSpec).get(ada.user.id));
    for (const token of [ada.refreshToken, next.refreshToken]) {
      for (const part of token.split(".").slice(2)) expect(stored).not.toContain(part);
    }
  });
});

describe("signing out", () => {
  test("ends the session of the refresh token, also of one that is used up", async () => {
    const next = await refresh(ada.refreshToken);
    await shop.as({}).call("users.logout", { refreshToken: ada.refreshToken });
    await expect(refresh(next.refreshToken)).rejects.toMatchObject(over);
  });

  test("without a refresh token ends the session of the access token", async () => {
    await ada.calls.call("users.logout", {});
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(over);
  });

  test("of nothing is no failure, and ends nothing", async () => {
    await shop.as({}).call("users.logout", {});
    await shop.as({}).call("users.logout", { refreshToken: "x" });
    await refresh(ada.refreshToken);
  });
});

describe("devices", () => {
  test("are listed, the latest used first, and each can be signed out", async () => {
    const phone = await signInAs(shop, ada.user.email);
    const { refreshToken } = await refresh(ada.refreshToken);
    const listed = await sessionsOf(phone);
    expect(listed.map(({ id, current }) => [id, current])).toEqual([
      [ada.meta.sessionId, false],
      [phone.meta.sessionId, true],
    ]);
    await phone.calls.call("users.endSession", { id: ada.meta.sessionId as string });
    await expect(refresh(refreshToken)).rejects.toMatchObject(over);
    expect(await sessionsOf(phone)).toMatchObject([{ id: phone.meta.sessionId }]);
  });

  test("of somebody else are not found", async () => {
    const eve = await newCustomer(shop);
    await expect(eve.calls.call("users.endSession", { id: ada.meta.sessionId as string })).rejects.toMatchObject({
      code: 404,
      type: "SESSION_NOT_FOUND",
    });
    await refresh(ada.refreshToken);
  });

  test("are fifty at most: the one that was away longest makes room", async () => {
    for (let n = 0; n < 50; n++) await signInAs(shop, ada.user.email);
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(over);
    expect(await sessionsOf(await signInAs(shop, ada.user.email))).toHaveLength(50);
  });
});

describe("another password", () => {
  const change = (who: Someone, current: string, next: string) =>
    who.calls.call("users.changePassword", { current, new: next });
  const another = "a wholly different one";

  test("ends every other session and keeps this one", async () => {
    const phone = await signInAs(shop, ada.user.email);
    await change(phone, password, another);
    await expect(refresh(ada.refreshToken)).rejects.toMatchObject(over);
    await refresh(phone.refreshToken);
    await expect(signInAs(shop, ada.user.email)).rejects.toMatchObject({ type: "CREDENTIALS_INVALID" });
    await signInAs(shop, ada.user.email, another);
  });

  test("needs the current one, and must be a good one itself", async () => {
    const paths = async (current: string, next: string) => {
      const error = await change(ada, current, next).catch((thrown: unknown) => thrown);
      return (error as { data: { errors: { path: string }[] } }).data.errors.map(({ path }) => path);
    };
    expect(await paths("not my password", another)).toEqual(["current"]);
    expect(await paths("x".repeat(100), another)).toEqual(["current"]);
    expect(await paths(password, "qwerty12345")).toEqual(["new"]);
    expect(await paths(password, ada.user.email)).toEqual(["new"]);
    await signInAs(shop, ada.user.email);
  });

  test("of two at once one is set", async () => {
    const both = await Promise.allSettled([change(ada, password, another), change(ada, password, `${another} still`)]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("lets no sign-in with the old one through that was under way", async () => {
    const late = Array.from({ length: 10 }, () => signInAs(shop, ada.user.email).catch(() => null));
    await change(ada, password, another);
    const opened = (await Promise.all(late)).filter((one) => one !== null);
    const left = await sessionsOf(ada);
    expect(left.map(({ id }) => id)).toEqual([ada.meta.sessionId]);
    for (const { refreshToken } of opened) await expect(refresh(refreshToken)).rejects.toMatchObject(over);
  });
});

import { generateKeyPairSync } from "node:crypto";
import { Authenticator } from "../../services/api/tokens.ts";
import { LIFETIME, signToken } from "../../services/users/token.ts";
import type { PublicKey } from "../../services/users/users.contract.ts";

const issuer = "https://shop.example";
const pair = (kid: string) => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" } as PublicKey;
  return { jwk, signing: { kid, privateKey } };
};
const [one, two] = [pair("one"), pair("two")];
const id = (at: number) => `0198c0de-0000-7000-8000-${String(at).padStart(12, "0")}`;

let now: number;
let keys: PublicKey[];
let fetched: number;
let people: Authenticator;
beforeEach(() => {
  now = 1_800_000_000_000;
  keys = [one.jwk];
  fetched = 0;
  const fetchKeys = async () => {
    fetched++;
    return keys;
  };
  people = new Authenticator({ keys: fetchKeys, issuer, now: () => now });
});

const token = (at = 1, { signing } = one) =>
  `Bearer ${signToken({ sub: id(at), sid: id(0), roles: [], permissions: ["a:read"] }, signing, { issuer, now })}`;

test("a token that was verified is known without another look at it", async () => {
  const bearer = token();
  expect(people.recall(bearer)).toBeUndefined();
  const identity = await people.identify(bearer);
  expect(identity).toEqual({ userId: id(1), sessionId: id(0), permissions: ["a:read"] });
  expect(people.recall(bearer)).toBe(identity);
  expect(people.recall(undefined)).toEqual({});
});

test("it is known until it expires, and then it is told as expired", async () => {
  const bearer = token();
  await people.identify(bearer);
  for (let minutes = 5; minutes < 15; minutes += 5) {
    now += 5 * 60_000;
    await people.identify(token(2));
  }
  now += 5 * 60_000 - 1;
  await people.identify(token(2));
  expect(await people.identify(bearer)).toMatchObject({ userId: id(1) });
  now += 1;
  expect(LIFETIME).toBe(15 * 60);
  expect(people.recall(bearer)).toBeUndefined();
  await expect(people.identify(bearer)).rejects.toMatchObject({ type: "TOKEN_EXPIRED" });
});

test("a forged token is not known, however often it comes, nor is anything made of a known one", async () => {
  const bearer = token();
  await people.identify(bearer);
  const other = token(1, { ...two, signing: { ...two.signing, kid: "one" } });
  for (const forged of [other, `${bearer}x`, bearer.toLowerCase(), `${bearer} `]) {
    await expect(people.identify(forged)).rejects.toMatchObject({ code: 401 });
    expect(people.recall(forged)).toBeUndefined();
  }
  expect(people.size).toBe(1);
});

test("tokens of a key that is withdrawn are known no longer than ten minutes", async () => {
  const bearer = token();
  await people.identify(bearer);
  keys = [two.jwk];
  now += 10 * 60_000 + 1;
  expect(people.recall(bearer)).toBeUndefined();
  await expect(people.identify(bearer)).rejects.toMatchObject({ type: "TOKEN_INVALID" });
  expect(fetched).toBe(2);
});

test("memory has a limit: the token that was verified first goes first", async () => {
  people = new Authenticator({ keys: async () => keys, issuer, now: () => now, remembered: 3 });
  const tokens = [1, 2, 3, 4].map((at) => token(at));
  for (const bearer of tokens) await people.identify(bearer);
  expect(people.size).toBe(3);
  expect(tokens.map((bearer) => people.recall(bearer)?.userId)).toEqual([undefined, id(2), id(3), id(4)]);
});

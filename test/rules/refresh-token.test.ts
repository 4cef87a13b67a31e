import {
  firstToken,
  hashOf,
  newSession,
  outdated,
  readToken,
  refused,
  rotation,
  tokenAfter,
} from "../../services/users/refresh-token.ts";
import type { Session } from "../../services/users/user.documents.ts";

const secret = "s".repeat(43);
const named = { accountId: "0198c0de-0000-7000-8000-000000000001", sessionId: "0198c0de-0000-7000-8000-00000000005e" };
const now = Date.parse("2026-03-01T12:00:00Z");
const DAY = 24 * 3600_000;
const token = firstToken(secret, named);

test("a token names its account and session, to the shop that sealed it only", () => {
  expect(readToken(secret, token)).toEqual(named);
  expect(readToken("t".repeat(43), token)).toBeNull();
});

test.each([
  ["nothing", ""],
  ["words", "let me in"],
  ["a token without its seal", token.split(".").slice(0, 3).join(".")],
  ["a token of another account", token.replace(/1\./, "2.")],
  ["a token with something behind it", `${token}.x`],
  ["a cut token", token.slice(0, -2)],
])("%s is no token", (_, text) => {
  expect(readToken(secret, text)).toBeNull();
});

test("the token after a token is always the same, and nobody without the secret can tell it", () => {
  const next = tokenAfter(secret, token);
  expect(next).toBe(tokenAfter(secret, token));
  expect(next).not.toBe(token);
  expect(readToken(secret, next)).toEqual(named);
  expect(tokenAfter(secret, next)).not.toBe(next);
  expect(firstToken(secret, named)).not.toBe(firstToken(secret, named));
});

test("what is stored of a session opens nothing", () => {
  const session = JSON.stringify([newSession(token, now), rotation(secret, token, { key: "k", now }).operators.$set]);
  const [, , nonce = "", seal = ""] = token.split(".");
  const [, , nextNonce = "", nextSeal = ""] = tokenAfter(secret, token).split(".");
  for (const part of [nonce, seal, nextNonce, nextSeal]) expect(session).not.toContain(part);
});

describe("a token that is not the latest", () => {
  const used: Session = {
    ...newSession(tokenAfter(secret, token), now),
    usedHash: hashOf(token),
    usedBy: hashOf("the request"),
  };

  test("is stolen when another request brings it", () => {
    expect(refused(used, token, { key: "another", now })).toBe("stolen");
  });

  test("comes again in the request that used it up", () => {
    expect(refused(used, token, { key: "the request", now })).toBe("again");
  });

  test("is stolen also in that request when the one after it is used up too", () => {
    const later = { ...used, usedHash: hashOf(tokenAfter(secret, token)) };
    expect(refused(later, token, { key: "the request", now })).toBe("stolen");
  });

  test("is only over where the session has ended or expired", () => {
    expect(refused(undefined, token, { key: "the request", now })).toBe("over");
    expect(refused(used, token, { key: "the request", now: now + 31 * DAY })).toBe("over");
  });
});

test("another sign-in ends the sessions that have expired, and of fifty the one that was away longest", () => {
  const at = (days: number) => newSession(token, now - days * DAY);
  expect(outdated({ old: at(31), fresh: at(29) }, now)).toEqual(["old"]);
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`s${n}`, newSession(token, now - n * 1_000)]));
  expect(outdated(many, now)).toEqual(["s49"]);
});

import { createHmac, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { compareSync, getRounds } from "bcryptjs";
import jwt from "jsonwebtoken";
import { cluster } from "../../services/cluster.ts";
import { defineContract } from "../../services/contract.ts";
import { nobodysHash, passwordProblem } from "../../services/users/password.ts";
import { permissionsIn, permissionsOf } from "../../services/users/roles.ts";
import { generateKey, publicKeyOf, seal, unseal } from "../../services/users/signing-key.ts";
import { LIFETIME, needsKey, signToken, verifyToken } from "../../services/users/token.ts";

const secret = Buffer.alloc(32, 1).toString("base64url");
const privateKey = generateKey();
const key = publicKeyOf(privateKey);
const issuer = "https://shop.example";
const sub = "0198c0de-0000-7000-8000-000000000001";
const sid = "0198c0de-0000-7000-8000-00000000005e";
const claims = { sub, sid, roles: ["support"], permissions: ["orders:read"] };
const token = signToken(claims, { kid: key.kid, privateKey }, { issuer });
const invalid = expect.objectContaining({ code: 401, type: "TOKEN_INVALID" });

describe("access tokens", () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const [header = "", payload = "", signature = ""] = token.split(".");

  test("a token gives its claims to who has the public key", () => {
    expect(verifyToken(token, [key], { issuer })).toMatchObject(claims);
  });

  test("a token lasts fifteen minutes", () => {
    const now = Date.now();
    const fresh = signToken(claims, { kid: key.kid, privateKey }, { issuer, now });
    expect(verifyToken(fresh, [key], { issuer, now: now + (LIFETIME - 1) * 1000 }).sub).toBe(sub);
    expect(() => verifyToken(fresh, [key], { issuer, now: now + (LIFETIME + 1) * 1000 })).toThrow(
      expect.objectContaining({ code: 401, type: "TOKEN_EXPIRED" }),
    );
  });

  test.each([
    ["no signature and the algorithm none", `${part({ alg: "none", kid: key.kid })}.${payload}.`],
    ["another payload", `${header}.${part({ ...claims, permissions: ["*"] })}.${signature}`],
    ["a cut signature", token.slice(0, -4)],
    ["another key under this key's id", signToken(claims, { kid: key.kid, privateKey: generateKey() }, { issuer })],
    ["a key that is not published", signToken(claims, { kid: "unknown", privateKey }, { issuer })],
    ["no payload at all", `${header}..`],
    ["nothing that looks like a token", "x"],
    ["an empty text", ""],
  ])("a token with %s is refused", (_what, forged) => {
    expect(() => verifyToken(forged, [key], { issuer })).toThrow(invalid);
  });

  test("the public key does not pass as the secret of a symmetric algorithm", () => {
    const text = `${part({ alg: "HS256", typ: "JWT", kid: key.kid })}.${payload}`;
    const pem = createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }));
    const forged = createHmac("sha256", publicKeyOf(pem).x).update(text).digest("base64url");
    expect(() => verifyToken(`${text}.${forged}`, [key], { issuer })).toThrow(invalid);
  });

  test("another algorithm of the same family is refused, although the signature is good", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
    const forged = jwt.sign(claims, other, { algorithm: "ES384", keyid: key.kid, issuer, audience: "molecart" });
    expect(() => verifyToken(forged, [key], { issuer })).toThrow(invalid);
  });

  test("a token of another shop, for another audience or without roles is refused", () => {
    expect(() => verifyToken(token, [key], { issuer: "https://other.example" })).toThrow(invalid);
    const signed = (payload: object, audience: string) =>
      jwt.sign(payload, privateKey, { algorithm: "ES256", keyid: key.kid, issuer, audience, expiresIn: 60 });
    expect(() => verifyToken(signed(claims, "elsewhere"), [key], { issuer })).toThrow(invalid);
    expect(() => verifyToken(signed({ sub }, "molecart"), [key], { issuer })).toThrow(invalid);
  });

  test("a token without an end is refused", () => {
    const endless = jwt.sign(claims, privateKey, { algorithm: "ES256", keyid: key.kid, issuer, audience: "molecart" });
    expect(() => verifyToken(endless, [key], { issuer })).toThrow(invalid);
  });

  test("a key that is not known asks for the keys to be read again, a text that is no token does not", () => {
    expect(needsKey(token, [])).toBe(true);
    expect(needsKey(token, [key])).toBe(false);
    expect(needsKey("x.y.z", [])).toBe(false);
  });
});

describe("signing keys", () => {
  test("a sealed key opens with its secret only, and not when it was changed", () => {
    const sealed = seal(privateKey, secret);
    expect(publicKeyOf(unseal(sealed, secret))).toEqual(key);
    expect(() => unseal(sealed, Buffer.alloc(32, 2).toString("base64url"))).toThrow();
    expect(() => unseal({ ...sealed, kid: "other" }, secret)).toThrow();
    expect(JSON.stringify(sealed)).not.toContain(privateKey.export({ format: "jwk" }).d);
  });

  test("a published key holds no private part", () => {
    expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
  });
});

describe("passwords", () => {
  test("bcrypt's limit is counted in bytes, and a zero character is refused", () => {
    expect(passwordProblem("a".repeat(72))).toBeNull();
    expect(passwordProblem("a".repeat(73))).toBe("At most 72 bytes");
    expect(passwordProblem("é".repeat(37))).toBe("At most 72 bytes");
    expect(passwordProblem("a\0b")).toBe("No zero characters");
  });

  test("the hash for unknown accounts costs as much as any and is nobody's", () => {
    expect(getRounds(nobodysHash(12))).toBe(12);
    expect(getRounds(nobodysHash(4))).toBe(4);
    expect(compareSync("", nobodysHash(4))).toBe(false);
  });
});

describe("roles", () => {
  const all = permissionsIn(cluster);

  test("the administrator may do all that any contract asks a permission for", () => {
    expect(all).toEqual(expect.arrayContaining(["mail:read", "orders:read", "orders:write", "products:write"]));
    expect(permissionsOf(["administrator"], all)).toEqual(all);
  });

  test("words such as public or internal are no permissions, what an owner's action names beside is", () => {
    const contract = defineContract({
      name: "things",
      actions: {
        open: { summary: "", access: "public", idempotency: "read" },
        inside: { summary: "", access: "internal", idempotency: "read" },
        own: { summary: "", access: { owner: true, or: "things:read" }, idempotency: "read" },
        only: { summary: "", access: { owner: true }, idempotency: "read" },
      },
    });
    expect(permissionsIn([contract])).toEqual(["things:read"]);
  });

  test("support reads and moves orders but changes neither products nor stock", () => {
    const held = permissionsOf(["support"], all);
    expect(held).toEqual(expect.arrayContaining(["orders:read", "orders:write"]));
    expect(held).not.toEqual(expect.arrayContaining(["products:write"]));
    expect(held).not.toEqual(expect.arrayContaining(["inventory:write"]));
  });

  test("roles add up, and one that is not known gives nothing", () => {
    expect(permissionsOf([], all)).toEqual([]);
    expect(permissionsOf(["toString", "nobody"], all)).toEqual([]);
    expect(permissionsOf(["support", "manager"], all)).toEqual(permissionsOf(["manager"], all));
  });
});

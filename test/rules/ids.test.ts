import fc from "fast-check";
import { newId, orderNumber, sameText, secretId, sha256, sign, timeOf } from "../../services/shared/ids.ts";

test("an order's number has no letter or digit that is mixed up on the phone", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
      // The bytes run out where too many of them fall under the cut.
      fc.pre(bytes.filter((byte) => byte < 240).length >= 8);
      let at = 0;
      const number = orderNumber((count) => {
        at += count;
        return bytes.slice(at - count, at);
      });
      expect(number).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
    }),
  );
});

test("each of the thirty signs comes up as often as the others", () => {
  const counts = new Map<string, number>();
  let next = 0;
  // Every value of a byte equally often.
  for (let draw = 0; draw < 300; draw++) {
    for (const sign of orderNumber((count) => Uint8Array.from({ length: count }, () => next++ % 256)).replace(
      "-",
      "",
    )) {
      counts.set(sign, (counts.get(sign) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(30);
  expect(Math.max(...counts.values()) / Math.min(...counts.values())).toBeLessThan(1.2);
});

test("order numbers don't repeat soon, nor tell how many there are", () => {
  const numbers = Array.from({ length: 2_000 }, () => orderNumber());
  expect(new Set(numbers).size).toBe(2_000);
  expect([...numbers].sort()).not.toEqual(numbers);
});

test("ids sort by time, secrets cannot be guessed from one another", () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(secretId()).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(new Set(Array.from({ length: 1_000 }, secretId)).size).toBe(1_000);
});

test("signatures are those of RFC 4231, in base64url", () => {
  expect(Buffer.from(sign("Jefe", "what do ya want for nothing?"), "base64url").toString("hex")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  expect(sha256("abc")).toBe(
    Buffer.from("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "hex").toString("base64url"),
  );
});

test("texts are the same only where all of them is", () => {
  expect(sameText("secret", "secret")).toBe(true);
  for (const other of ["secreT", "secret ", "", "secretsecret"]) expect(sameText("secret", other)).toBe(false);
});

test("an id tells when it was made, unless it is of another kind", () => {
  const before = Date.now();
  const made = timeOf(newId());
  expect(made).toBeGreaterThanOrEqual(before);
  expect(made).toBeLessThanOrEqual(Date.now());
  for (const other of ["", "a", "8f7b3f2a-6f0e-4d2b-9f6e-0d6a3b2c1d4e", secretId()]) expect(timeOf(other)).toBeNull();
});

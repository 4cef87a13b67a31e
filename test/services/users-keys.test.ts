import { rmSync } from "node:fs";
import { EmbeddedPlatform } from "../../mixins/embedded/embedded-platform.ts";
import type { Collection } from "../../mixins/store/collection.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { AHEAD, KeyRing, SIGNS } from "../../services/users/key-ring.ts";
import { LIFETIME, signToken, verifyToken } from "../../services/users/token.ts";
import { type KeyDocument, signingKeysSpec } from "../../services/users/user.documents.ts";
import { temporaryFolder } from "../support/services.ts";

const secret = Buffer.alloc(32, 7).toString("base64url");
const issuer = "https://shop.example";
const claims = {
  sub: "0198c0de-0000-7000-8000-000000000001",
  sid: "0198c0de-0000-7000-8000-00000000005e",
  roles: [],
  permissions: [],
};
const MINUTE = 60_000;

let platform: EmbeddedPlatform;
let documents: Collection<KeyDocument>;
const folder = temporaryFolder();
beforeAll(async () => {
  platform = new EmbeddedPlatform(readEnvironment({ DATA_DIR: folder }));
  documents = platform.collection(signingKeysSpec);
  await documents.ready();
});
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a key signs for thirty days, its successor is published before, and it is published until its tokens are over", async () => {
  const start = Date.now();
  const ring = new KeyRing(documents, secret);
  await ring.open(start);
  const [first] = await documents.find({ id: "1" }, { limit: 1 });
  const renewAt = Date.parse(first?.dueAt ?? "");
  expect(renewAt).toBe(start + SIGNS - AHEAD);
  const { kid: old } = await ring.signing(start);

  const over = await ring.renew({ id: "1" }, renewAt);
  expect((await ring.signing(renewAt)).kid).toBe(old);
  expect(await ring.published(renewAt)).toHaveLength(2);

  const changeAt = renewAt + AHEAD;
  const lastToken = signToken(claims, await ring.signing(changeAt - 1), { issuer, now: changeAt - 1 });
  const { kid: next } = await ring.signing(changeAt);
  expect(next).not.toBe(old);

  // The last token of the old key is good for as long as any.
  const almostOver = changeAt + LIFETIME * 1000 - MINUTE;
  expect(await ring.renew({ id: "1" }, almostOver)).toBe(over);
  const published = await ring.published(almostOver);
  expect(verifyToken(lastToken, published, { issuer, now: almostOver }).sub).toBe(claims.sub);

  expect(await ring.renew({ id: "1" }, Date.parse(over ?? ""))).toBeUndefined();
  expect((await ring.published(Date.parse(over ?? ""))).map(({ kid }) => kid)).toEqual([next]);
});

test("a later start takes the keys that are there and begins no new row", async () => {
  const ring = new KeyRing(documents, secret);
  await ring.open();
  expect((await documents.find({ id: { $in: ["1", "2"] } }, { limit: 9 })).map(({ id }) => id)).toEqual(["2"]);
});

test("nodes that renew at the same moment make one successor, and see it within a minute", async () => {
  const now = Date.now() + SIGNS;
  const nodes = Array.from({ length: 4 }, () => new KeyRing(documents, secret));
  await Promise.all(nodes.map((ring) => ring.open(now)));
  await Promise.all(nodes.slice(1).map((ring) => ring.renew({ id: "2" }, now)));
  const later = now + AHEAD + MINUTE;
  const kids = await Promise.all(nodes.map(async (ring) => (await ring.signing(later)).kid));
  expect(new Set(kids).size).toBe(1);
  expect(await nodes[0]?.published(later)).toHaveLength(2);
});

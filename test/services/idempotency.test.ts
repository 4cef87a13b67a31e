import { eventually } from "../support/eventually.ts";
import { startServices, type TestShop, temporaryFolder } from "../support/services.ts";
import { testEmbedded } from "../support/shape.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await startServices("idempotency");
});
afterAll(() => shop.stop());

const claim = (id: string, fingerprint = "body") => shop.inside.call("idempotency.claim", { id, fingerprint });
const fenceOf = async (id: string) => {
  const taken = await claim(id);
  if (taken.state !== "mine") throw new Error("not mine");
  return taken.fence;
};

test("of many that claim a key at once one gets it", async () => {
  const claims = await Promise.allSettled(Array.from({ length: 30 }, () => claim("rush")));
  expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const one of claims) {
    if (one.status === "rejected") expect(one.reason).toMatchObject({ code: 409, type: "IDEMPOTENCY_IN_PROGRESS" });
  }
});

test("the kept answer is given to a repeat, and to no other body", async () => {
  const fence = await fenceOf("kept");
  const answer = { status: 201, body: '{"id":1}' };
  await shop.inside.call("idempotency.complete", { id: "kept", fence, answer });
  expect(await claim("kept")).toEqual({ state: "repeat", answer });
  await expect(claim("kept", "other")).rejects.toMatchObject({ code: 422, type: "IDEMPOTENCY_KEY_REUSED" });
});

test("a key that was given back is free for whatever comes", async () => {
  const fence = await fenceOf("given back");
  await shop.inside.call("idempotency.abandon", { id: "given back", fence });
  expect(await claim("given back", "other")).toMatchObject({ state: "mine" });
});

test("who has lost the key can neither complete it nor give it back", async () => {
  const old = await fenceOf("lost");
  await shop.inside.call("idempotency.abandon", { id: "lost", fence: old });
  const fence = await fenceOf("lost");
  await shop.inside.call("idempotency.complete", { id: "lost", fence: old, answer: { status: 201, body: "old" } });
  await shop.inside.call("idempotency.abandon", { id: "lost", fence: old });
  await expect(claim("lost")).rejects.toMatchObject({ type: "IDEMPOTENCY_IN_PROGRESS" });
  await shop.inside.call("idempotency.complete", { id: "lost", fence, answer: null });
  expect(await claim("lost")).toEqual({ state: "repeat", answer: null });
});

test("a finished request cannot be given back", async () => {
  const fence = await fenceOf("finished");
  await shop.inside.call("idempotency.complete", { id: "finished", fence, answer: null });
  await shop.inside.call("idempotency.abandon", { id: "finished", fence });
  expect(await claim("finished")).toMatchObject({ state: "repeat" });
});

testEmbedded(
  "a key whose gateway died with the process is free again, one that was answered is not",
  "of many nodes only the end of its lease tells that nobody works on it",
  async () => {
    const DATA_DIR = temporaryFolder();
    const first = await startServices("idempotency", { DATA_DIR });
    const params = { fingerprint: "body" };
    await first.inside.call("idempotency.claim", { id: "orphan", ...params });
    const done = await first.inside.call("idempotency.claim", { id: "answered", ...params });
    const { fence } = done as { fence: number };
    await first.inside.call("idempotency.complete", { id: "answered", fence, answer: null });
    await first.stop();

    const second = await startServices("idempotency", { DATA_DIR });
    const again = await eventually(() => second.inside.call("idempotency.claim", { id: "orphan", ...params }));
    expect(again).toMatchObject({ state: "mine" });
    expect(await second.inside.call("idempotency.claim", { id: "answered", ...params })).toMatchObject({
      state: "repeat",
    });
    await second.stop();
  },
);

test("the gateway may claim keys, and says exactly what it claims", async () => {
  expect(await shop.as({}).call("idempotency.claim", { id: "edge", fingerprint: "x" })).toMatchObject({
    state: "mine",
  });
  const unknown = { id: "edge", fingerprint: "x", more: 1 };
  await expect(shop.as({}).call("idempotency.claim", unknown)).rejects.toMatchObject({ type: "VALIDATION_ERROR" });
});

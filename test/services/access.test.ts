import { z } from "zod";
import type { Meta } from "../../services/access.ts";
import { type Ctx, contextOf, defineService } from "../../services/cluster.ts";
import { defineContract } from "../../services/contract.ts";
import { type SmallNode, startNode } from "../support/small-cluster.ts";

const box = z.strictObject({ size: z.int().default(1), inner: z.strictObject({ depth: z.int() }).optional() });
const contract = defineContract({
  name: "boxes",
  actions: {
    look: { summary: "", params: box, returns: box, access: "public", idempotency: "read" },
    mine: { summary: "", access: "customer", idempotency: "read" },
    move: { summary: "", access: "boxes:write", idempotency: "none" },
    open: { summary: "", access: { owner: true, or: "boxes:read" }, idempotency: "read" },
    claim: { summary: "", access: "edge", idempotency: "none" },
    count: { summary: "", access: "internal", idempotency: "read" },
    leak: { summary: "", returns: z.object({ name: z.string() }), access: "public", idempotency: "read" },
    wrong: { summary: "", returns: z.object({ name: z.string() }), access: "public", idempotency: "read" },
    relay: { summary: "", access: "public", idempotency: "read" },
  },
});

let node: SmallNode;
beforeAll(async () => {
  node = await startNode([
    defineService(contract, {
      actions: {
        look: (ctx) => ctx.params,
        mine() {},
        move() {},
        open() {},
        claim() {},
        count() {},
        leak: () => ({ name: "n", passwordHash: "h" }),
        wrong: () => ({ name: 1 }) as never,
        relay: (ctx) => (ctx as unknown as { call(a: string): Promise<void> }).call("boxes.count"),
      },
    }),
  ]);
});
afterAll(() => node.stop());

const from =
  (caller: string | null) =>
  (action: string, meta: Meta & object = {}, params: object = {}) =>
    node.call(`boxes.${action}`, params, { caller, meta });
const edge = from("api");
const somebody = { userId: "u", permissions: ["boxes:read"] };

test("a call that does not say who makes it is refused, whatever it asks for", async () => {
  for (const action of ["look", "mine", "claim", "count"]) {
    await expect(from(null)(action, { userId: "u", permissions: ["*"] })).rejects.toMatchObject({
      code: 403,
      type: "CALLER_MISSING",
    });
  }
});

test("what is public, anybody may do through an edge", async () => {
  await edge("look");
  await from("grpc")("look");
});

test("what is a customer's needs somebody signed in", async () => {
  await expect(edge("mine")).rejects.toMatchObject({ code: 401, type: "SIGN_IN_REQUIRED" });
  await edge("mine", { userId: "u" });
});

test("what needs a permission is refused without it, to guests as to customers", async () => {
  await expect(edge("move")).rejects.toMatchObject({ code: 401, type: "SIGN_IN_REQUIRED" });
  await expect(edge("move", somebody)).rejects.toMatchObject({
    code: 403,
    type: "PERMISSION_MISSING",
    data: { permission: "boxes:write" },
  });
  await expect(edge("move", { permissions: ["boxes:write"] })).rejects.toMatchObject({ code: 401 });
  await edge("move", { userId: "u", permissions: ["boxes:write"] });
  await edge("move", { userId: "u", permissions: ["*"] });
});

test("whose document it is, the service itself checks", async () => {
  await edge("open");
});

test("what is internal cannot be reached through an edge, not even by an administrator", async () => {
  for (const caller of ["api", "grpc"]) {
    const call = from(caller)("count", { userId: "u", permissions: ["*"] });
    await expect(call).rejects.toMatchObject({ code: 403, type: "ACTION_INTERNAL" });
  }
});

test("services may do everything, also on behalf of a request from outside", async () => {
  for (const action of ["look", "mine", "move", "open", "claim", "count"]) await from("orders")(action);
  await edge("relay");
});

test("the operator, who can read the data folder, may do everything, with params as strict as an edge's", async () => {
  for (const action of ["mine", "move", "count"]) await from("control")(action);
  await expect(from("control")("look", {}, { size: 1, colour: "red" })).rejects.toMatchObject({ code: 422 });
});

test("work that nobody asked for says which service does it", async () => {
  const ctx = contextOf(node.broker.getLocalService("boxes") as never) as Ctx & { call(a: string): Promise<unknown> };
  await ctx.call("boxes.count");
});

test("params are strict at the edges and loose between services, at every depth", async () => {
  const params = { size: 2, colour: "red", inner: { depth: 1, lid: true } };
  await expect(edge("look", {}, params)).rejects.toMatchObject({
    code: 422,
    type: "VALIDATION_ERROR",
    data: {
      errors: [
        { path: "inner.lid", message: "Unknown field" },
        { path: "colour", message: "Unknown field" },
      ],
    },
  });
  expect(await from("orders")("look", {}, params)).toEqual({ size: 2, inner: { depth: 1 } });
  expect(await edge("look")).toEqual({ size: 1 });
  await expect(from("orders")("look", {}, { size: "big" })).rejects.toMatchObject({ code: 422 });
});

test("in tests a result that is not what the contract says, or says more, is an error of the service", async () => {
  await expect(edge("wrong")).rejects.toMatchObject({ code: 500, type: "RESULT_INVALID" });
  await expect(edge("leak")).rejects.toMatchObject({ code: 500, message: expect.stringContaining("passwordHash") });
});

import { z } from "zod";
import { cluster } from "../../services/cluster.ts";
import { defineContract, type ServiceContract } from "../../services/contract.ts";
import { breaks, describe as described, digestOf } from "../../services/contracts/compatibility.ts";
import { loosen } from "../../services/validation.ts";

const Line = z.strictObject({ sku: z.string(), quantity: z.int() });
const fields = {
  id: z.string(),
  lines: z.array(Line),
  note: z.string().nullable(),
  size: z.enum(["small", "large"]).optional(),
  weight: z.int().min(1).max(100).optional(),
  marks: z.array(z.string().max(10)).max(5).optional(),
  contact: z.email().max(50).nullish(),
};
const result = { id: z.string(), total: z.int(), lines: z.array(Line), note: z.string().nullish() };
const told = {
  id: z.string().max(20),
  at: z.string(),
  state: z.enum(["packed", "sent"]),
  box: z.enum(["paper", "wood"]).nullable(),
};

/** A release whose one action and event have these fields instead. */
function release({
  params = fields as z.ZodRawShape,
  returns = result as z.ZodRawShape,
  event = told as z.ZodRawShape,
} = {}) {
  return defineContract({
    name: "boxes",
    actions: {
      pack: {
        summary: "Packs a box.",
        params: z.strictObject(params),
        returns: z.object(returns),
        access: "internal",
        idempotency: "natural",
      },
    },
    events: { "box.packed": z.object(event) },
  });
}
const between = (older: ServiceContract, newer: ServiceContract) => breaks(described(older), described(newer));
const without = (shape: z.ZodRawShape, name: string): z.ZodRawShape =>
  Object.fromEntries(Object.entries(shape).filter(([key]) => key !== name));

test("the same contract has the same digest, another has another", () => {
  expect(digestOf(described(release()))).toBe(digestOf(described(release())));
  expect(digestOf(described(release({ params: { ...fields, more: z.string() } })))).not.toBe(
    digestOf(described(release())),
  );
});

test.each(cluster.map((contract: ServiceContract) => [contract.name, contract]))(
  "%s goes with itself",
  (_, contract) => {
    expect(between(contract as ServiceContract, contract as ServiceContract)).toEqual([]);
  },
);

describe("releases go together where what is new is only added:", () => {
  test.each<[string, ServiceContract]>([
    ["nothing", release()],
    ["an optional param", release({ params: { ...fields, gift: z.boolean().optional() } })],
    ["a param with a default", release({ params: { ...fields, gift: z.boolean().default(false) } })],
    ["a param that may be left out from now on", release({ params: { ...fields, note: z.string().nullish() } })],
    ["a param that takes more", release({ params: { ...fields, id: z.union([z.string(), z.int()]) } })],
    ["one more choice", release({ params: { ...fields, size: z.enum(["small", "large", "huge"]).optional() } })],
    ["a field of the result", release({ returns: { ...result, weight: z.number() } })],
    [
      "a field of a line in the result",
      release({ returns: { ...result, lines: z.array(Line.extend({ at: z.string() })) } }),
    ],
    ["a field that is always there from now on", release({ returns: { ...result, note: z.string().nullable() } })],
    ["a choice in the result", release({ returns: { ...result, state: z.enum(["packed", "sent"]) } })],
    ["an optional field of the event", release({ event: { ...told, by: z.string().optional() } })],
    ["a field of the event with a default", release({ event: { ...told, by: z.string().default("nobody") } })],
    ["wider limits of params", release({ params: { ...fields, weight: z.int().min(0).max(200).optional() } })],
    ["no limits of params any more", release({ params: { ...fields, marks: z.array(z.string()).optional() } })],
    ["a choice that became free text", release({ params: { ...fields, size: z.string().optional() } })],
  ])("%s", (_, newer) => {
    expect(between(release(), newer)).toEqual([]);
  });
});

describe("releases that do not go together are told by name:", () => {
  test.each<[string, ServiceContract, string]>([
    ["a param that went", release({ params: without(fields, "note") }), "pack: the param note is gone"],
    [
      "a param that came",
      release({ params: { ...fields, gift: z.boolean() } }),
      "pack: the param gift is new and required",
    ],
    [
      "a param that must be given now",
      release({ params: { ...fields, size: z.enum(["small", "large"]) } }),
      "pack: the param size is required now",
    ],
    [
      "a param of another type",
      release({ params: { ...fields, id: z.int() } }),
      "pack: the param id was string and is integer",
    ],
    [
      "a param that may no longer be null",
      release({ params: { ...fields, note: z.string() } }),
      "pack: the param note was string or null and is string",
    ],
    [
      "a choice that went",
      release({ params: { ...fields, size: z.enum(["small"]).optional() } }),
      "pack: the param size no longer takes large",
    ],
    [
      "a field deep in a param",
      release({ params: { ...fields, lines: z.array(Line.extend({ quantity: z.string() })) } }),
      "pack: the param lines[].quantity was integer and is string",
    ],
    [
      "a field of the result that went",
      release({ returns: without(result, "total") }),
      "pack: of the result, total is gone",
    ],
    [
      "a field of the result that may be null now",
      release({ returns: { ...result, total: z.int().nullable() } }),
      "pack: of the result, total was integer and is integer or null",
    ],
    [
      "a field of the result that may be missing now",
      release({ returns: { ...result, total: z.int().optional() } }),
      "pack: of the result, total may be missing now",
    ],
    [
      "a choice that may be null and went",
      release({ event: { ...told, box: z.enum(["paper"]).nullable() } }),
      "the event box.packed: box no longer takes wood",
    ],
    [
      "a text that became a choice",
      release({ params: { ...fields, id: z.enum(["a", "b"]) } }),
      "pack: the param id takes only a, b now",
    ],
    [
      "a smaller maximum",
      release({ params: { ...fields, weight: z.int().min(1).max(50).optional() } }),
      "pack: the param weight has maximum 50 where it was 100",
    ],
    [
      "a larger minimum",
      release({ params: { ...fields, weight: z.int().min(2).max(100).optional() } }),
      "pack: the param weight has minimum 2 where it was 1",
    ],
    [
      "a limit where there was none",
      release({ params: { ...fields, note: z.string().max(200).nullable() } }),
      "pack: the param note has maxLength 200 where it was none",
    ],
    [
      "a shorter list",
      release({ params: { ...fields, marks: z.array(z.string().max(10)).max(4).optional() } }),
      "pack: the param marks has maxItems 4 where it was 5",
    ],
    [
      "a shorter text in a list",
      release({ params: { ...fields, marks: z.array(z.string().max(9)).max(5).optional() } }),
      "pack: the param marks[] has maxLength 9 where it was 10",
    ],
    [
      "a pattern where there was none",
      release({ params: { ...fields, id: z.string().regex(/^[A-Z]+$/) } }),
      "pack: the param id has another pattern",
    ],
    [
      "another format",
      release({ params: { ...fields, contact: z.url().max(50).nullish() } }),
      "pack: the param contact has another pattern",
    ],
    [
      "a choice that an event did not have",
      release({ event: { ...told, state: z.enum(["packed", "sent", "lost"]) } }),
      "the event box.packed: state may be lost now",
    ],
    [
      "a choice that an event no longer has, and older nodes tell",
      release({ event: { ...told, state: z.enum(["sent"]) } }),
      "the event box.packed: state no longer takes packed",
    ],
    [
      "a choice of an event that became free text",
      release({ event: { ...told, state: z.string() } }),
      "the event box.packed: state may be anything now",
    ],
    [
      "a longer text than older nodes take in an event",
      release({ event: { ...told, id: z.string().max(30) } }),
      "the event box.packed: id has maxLength 30 where it was 20",
    ],
    [
      "a field that older nodes do not tell",
      release({ event: { ...told, by: z.string() } }),
      "the event box.packed: by is new and required",
    ],
    ["a field of the event that went", release({ event: without(told, "at") }), "the event box.packed: at is gone"],
    ["an action that went", defineContract({ ...release(), actions: {} }), "the action pack is gone"],
    ["an event that went", defineContract({ ...release(), events: {} }), "the event box.packed is gone"],
  ])("%s", (_, newer, problem) => {
    expect(between(release(), newer)).toEqual([problem]);
  });
});

test("what is said of events is so: who consumes one refuses it, or does not", () => {
  const packed = { id: "1", at: "now", state: "packed", box: null };
  const reads = (reader: z.ZodRawShape, event: object) => loosen(z.object(reader)).safeParse(event).success;
  expect(reads(told, { ...packed, more: true })).toBe(true);
  expect(reads({ ...told, by: z.string().optional() }, packed)).toBe(true);
  expect(reads({ ...told, by: z.string().default("nobody") }, packed)).toBe(true);
  expect(reads({ ...told, by: z.string() }, packed)).toBe(false);
  expect(reads(told, { ...packed, state: "lost" })).toBe(false);
  expect(reads(told, { ...packed, id: "1".repeat(30) })).toBe(false);
});

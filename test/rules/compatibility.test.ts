import { z } from "zod";
import { defineContract, type ServiceContract } from "../../services/contract.ts";
import { breaks, describe as described, digestOf } from "../../services/contracts/compatibility.ts";

const Line = z.strictObject({ sku: z.string(), quantity: z.int() });
const fields = {
  id: z.string(),
  lines: z.array(Line),
  note: z.string().nullable(),
  size: z.enum(["small", "large"]).optional(),
};
const result = { id: z.string(), total: z.int(), lines: z.array(Line), note: z.string().nullish() };
const told = { id: z.string(), at: z.string() };

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
    ["a field of the event", release({ event: { ...told, by: z.string() } })],
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
    ["a field of the event that went", release({ event: without(told, "at") }), "the event box.packed: at is gone"],
    ["an action that went", defineContract({ ...release(), actions: {} }), "the action pack is gone"],
    ["an event that went", defineContract({ ...release(), events: {} }), "the event box.packed is gone"],
  ])("%s", (_, newer, problem) => {
    expect(between(release(), newer)).toEqual([problem]);
  });
});

import type { Operators } from "../../mixins/store/collection.ts";
import { both, hinted, SCALAR, toMongo, toUpdate } from "../../mixins/store/mongo-language.ts";

const $type = SCALAR;
const unique = [["email"], ["shelf", "slot"]];

describe("a filter for MongoDB", () => {
  test("says what a unique index holds, where only that can be meant, so that the index is used", () => {
    expect(hinted({ email: "a@b.c", open: true }, unique)).toEqual({ email: { $eq: "a@b.c", $type }, open: true });
    expect(hinted({ email: { $in: ["a", "b"] } }, unique)).toEqual({ email: { $in: ["a", "b"], $type } });
    expect(hinted({ shelf: "s", slot: { $gte: 1 } }, unique)).toEqual({
      shelf: { $eq: "s", $type },
      slot: { $gte: 1, $type },
    });
  });

  test("says nothing more where null or an absent field may be meant, or a key of the index is missing", () => {
    const others = [{ email: null }, { email: { $ne: "a" } }, { email: { $in: ["a", null] } }, { shelf: "s" }, {}];
    for (const filter of others) expect(hinted(filter, unique)).toEqual(filter);
  });

  test("calls ids as MongoDB does, at any depth", () => {
    const filter = { id: "a", $or: [{ id: { $in: ["b"] } }, { $nor: [{ id: "c" }] }] };
    expect(toMongo(filter)).toEqual({ _id: "a", $or: [{ _id: { $in: ["b"] } }, { $nor: [{ _id: "c" }] }] });
  });

  test("keeps both conditions on one field", () => {
    expect(both({ a: 1, b: 1 }, { c: 1 })).toEqual({ a: 1, b: 1, c: 1 });
    expect(both({ a: { $gt: 1 } }, { a: { $ne: null } })).toEqual({ $and: [{ a: { $gt: 1 } }, { a: { $ne: null } }] });
  });
});

describe("a change for MongoDB", () => {
  const at = "2026-01-01T00:00:00.000Z";

  test("raises the version and puts its events on the document, beside what the caller changes", () => {
    const entry = { id: "1", name: "order.placed", payload: "{}", at };
    const operators = { $inc: { stock: -1 }, $push: { tags: "red" }, $set: {} };
    expect(toUpdate(operators, at, [entry])).toEqual({
      $inc: { stock: -1, rev: 1 },
      $push: { tags: "red", outbox: { $each: [entry] } },
      $set: { updatedAt: at },
      $min: { outboxAt: at },
    });
  });

  test("takes out what is set to undefined, as JSON would", () => {
    expect(toUpdate({ $set: { a: undefined, b: 1 } }, at, [])).toEqual({
      $set: { b: 1, updatedAt: at },
      $unset: { a: "" },
      $inc: { rev: 1 },
    });
  });

  test("stores no name that could not be reached again; conditions may have what they need", () => {
    const bad = { type: "FIELD_NAME_INVALID" };
    const refused: Operators[] = [
      { $set: { holds: { "a.b": 1 } } },
      { $push: { lines: { $each: [{ $x: 1 }] } } },
      { $push: { lines: { "": 1 } } },
      { $set: { "holds.__proto__.x": 1 } },
    ];
    for (const operators of refused) expect(() => toUpdate(operators, at, [])).toThrow(expect.objectContaining(bad));
    const fine = { $pull: { lines: { quantity: { $lt: 1 } } }, $push: { tags: { $each: ["a"], $slice: -3 } } };
    expect(toUpdate(fine, at, [])).toMatchObject(fine);
  });
});

import { openapi } from "../../services/api/openapi.ts";
import { cluster } from "../../services/cluster.ts";
import { restOf, type ServiceContract } from "../../services/contract.ts";

type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: a document is looked into by paths
const document = openapi(cluster) as any;
const text = JSON.stringify(document);
const operations = Object.entries(document.paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test("every action that HTTP reaches is in the document, and nothing else", () => {
  const actions = cluster.flatMap((contract: ServiceContract) =>
    Object.entries(contract.actions)
      .filter(([, action]) => restOf(action))
      .map(([name]) => `${contract.name}.${name}`),
  );
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(actions.sort());
});

test("every reference leads somewhere", () => {
  const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref as string);
  expect(refs.length).toBeGreaterThan(100);
  for (const ref of new Set(refs)) {
    const target = ref
      .slice(2)
      .split("/")
      .reduce<Json | undefined>((part, key) => part?.[key] as Json | undefined, document);
    expect([ref, typeof target]).toEqual([ref, "object"]);
  }
});

test("every part of a path is a required param, and no param is named twice", () => {
  for (const { path, operation } of operations) {
    const params = (operation.parameters ?? []) as { name: string; in: string; required: boolean; schema: Json }[];
    const inPath = params.filter((param) => param.in === "path");
    expect([path, inPath.map(({ name }) => `{${name}}`)]).toEqual([path, path.match(/\{\w+\}/g) ?? []]);
    expect(inPath.every(({ required }) => required)).toBe(true);
    expect(new Set(params.map(({ name }) => name)).size).toBe(params.length);
  }
});

test("every operation says what it does, how it ends well and what can go wrong", () => {
  for (const { path, operation } of operations) {
    const statuses = Object.keys(operation.responses as Json);
    expect([path, statuses.some((status) => status.startsWith("2"))]).toEqual([path, true]);
    expect(statuses).toEqual(expect.arrayContaining(["400", "401", "500", "503"]));
    expect(operation.summary).toMatch(/\.$/);
  }
});

test("placing an order is documented with its key, its statuses and its body", () => {
  const place = document.paths["/api/v1/orders"].post;
  expect(place.parameters).toEqual([
    expect.objectContaining({ name: "Idempotency-Key", in: "header", required: true }),
  ]);
  expect(Object.keys(place.responses)).toEqual(expect.arrayContaining(["201", "202", "402", "409", "422"]));
  expect(place.responses[201].content["application/json"].schema).toEqual({ $ref: "#/components/schemas/Order" });
  const body = place.requestBody.content["application/json"].schema;
  expect(body.required.sort()).toEqual(["cartId", "paymentToken"]);
  expect(body.properties.expectedTotal.$ref).toMatch(/^#\/components\/schemas\/Money/);
});

test("a body leaves out what the path says", () => {
  const body = document.paths["/api/v1/carts/{id}/lines/{sku}"].patch.requestBody.content["application/json"].schema;
  expect(Object.keys(body.properties)).toEqual(["quantity"]);
});

test("a read tells its filters as query params with their types", () => {
  const { parameters } = document.paths["/api/v1/products"].get;
  const find = (name: string) => parameters.find((param: Json) => param.name === name);
  expect(find("limit")).toMatchObject({ in: "query", required: false, schema: { type: "integer", maximum: 100 } });
  expect(find("inStock")).toMatchObject({ in: "query", schema: { type: "boolean" } });
});

test("what needs a token says so, and what a guest may do does not", () => {
  expect(document.paths["/api/v1/inventory"].get).toMatchObject({
    security: [{ bearer: [] }],
    "x-permission": "inventory:read",
  });
  expect(document.paths["/api/v1/products"].get.security).toEqual([]);
});

test("a shape that takes something else than it gives has two names, others have one", () => {
  const names = Object.keys(document.components.schemas);
  expect(names).toEqual(expect.arrayContaining(["Money", "Cart", "Order", "Product", "Problem"]));
  expect(names).not.toContain("MoneyInput");
  expect(text).not.toContain("$schema");
});

import { KeptAnswers, normalized, tagsOf } from "../../services/api/kept-answers.ts";

const kept = (body: string) => ({ etag: `"${body}"`, body, head: [], unchangedHead: [] });
let now = 0;
const answers = (options = {}) => new KeptAnswers({ now: () => now, ...options });
beforeEach(() => {
  now = 1_000_000;
});

test("an answer is kept until one of its tags is told as outdated", () => {
  const all = answers();
  all.keep("/a", kept("a"), ["product:1", "catalogue"], all.begin());
  all.keep("/b", kept("b"), ["product:2"], all.begin());
  all.drop(["product:3"]);
  expect(all.find("/a")?.body).toBe("a");
  all.drop(["product:1"]);
  expect([all.find("/a"), all.find("/b")?.body]).toEqual([undefined, "b"]);
  all.drop(["*"]);
  expect([all.find("/b"), all.size]).toEqual([undefined, { answers: 0, bytes: 0 }]);
});

test("an answer that was asked for before a change and came after it is not kept", () => {
  const all = answers();
  const begun = all.begin();
  all.drop(["product:1"]);
  all.keep("/a", kept("old"), ["product:1"], begun);
  all.keep("/b", kept("other"), ["product:2"], begun);
  expect([all.find("/a"), all.find("/b")?.body]).toEqual([undefined, "other"]);
  const late = all.begin();
  all.drop(["*"]);
  all.keep("/c", kept("c"), ["product:9"], late);
  expect(all.find("/c")).toBeUndefined();
});

test("no change is forgotten while somebody asks, however many there are", () => {
  const all = answers();
  const begun = all.begin();
  all.drop(["product:1"]);
  for (let at = 0; at < 20_000; at++) all.drop([`stock:${at}`]);
  all.keep("/a", kept("old"), ["product:1"], begun);
  expect(all.find("/a")).toBeUndefined();
});

test("where the telling is lost an answer is a second old at most, and one visitor renews it before that", () => {
  const all = answers();
  all.keep("/a", kept("a"), [], all.begin());
  now += 699;
  expect(all.find("/a")?.body).toBe("a");
  now += 1;
  expect(all.find("/a")).toBeUndefined();
  expect(all.find("/a")?.body).toBe("a");
  now += 299;
  expect(all.find("/a")?.body).toBe("a");
  now += 1;
  expect(all.find("/a")).toBeUndefined();
});

test("memory has a limit: what was renewed longest ago goes first, and giants are not kept", () => {
  const all = answers({ bytes: 30_000 });
  for (let at = 0; at < 100; at++) all.keep(`/${at}`, kept("x".repeat(1_000)), [`tag:${at}`], all.begin());
  expect(all.size.bytes).toBeLessThanOrEqual(30_000);
  expect([all.find("/0"), all.find("/99")?.body.length]).toEqual([undefined, 1_000]);
  all.keep("/giant", kept("x".repeat(40_000)), [], all.begin());
  expect(all.find("/giant")).toBeUndefined();
  now += 2_000;
  all.keep("/new", kept("x"), [], all.begin());
  expect(all.size.answers).toBe(1);
});

test("URLs that ask the same are one", () => {
  expect(normalized("/products?b=2&a=1")).toBe("/products?a=1&b=2");
  expect(normalized("/products/?")).toBe("/products");
  expect(normalized("/products?a=2&a=1&")).toBe("/products?a=2&a=1");
  expect(normalized("/products?q=a%26b")).toBe("/products?q=a%26b");
  expect(normalized("/")).toBe("/");
});

test("tags name fields of the result, through lists too", () => {
  const list = { items: [{ id: "1" }, { id: "2" }], page: { id: 7 } };
  expect(tagsOf(["catalogue", "product:{items.id}", "page:{page.id}", "none:{nothing.id}"], list)).toEqual([
    "catalogue",
    "product:1",
    "product:2",
    "page:7",
  ]);
  expect(tagsOf(["node:{slug}"], [{ slug: "a" }, { slug: "b" }])).toEqual(["node:a", "node:b"]);
});

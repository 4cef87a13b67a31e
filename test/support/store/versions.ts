import { z } from "zod";
import type { CollectionSpec, Doc } from "../../../mixins/store/collection.ts";
import type { OpenStore } from "./things.ts";

type Any = Doc & Record<string, unknown>;
const spec = (version: number, more: Partial<CollectionSpec<Any>> = {}): CollectionSpec<Any> => ({
  name: "notes",
  version,
  schema: z.looseObject({ id: z.string() }) as unknown as z.ZodType<Any>,
  indexes: [],
  ...more,
});
const draft = (fields: object) => fields as never;

/** Document versions and indexes over the life of a database: the same on every adapter. */
export function versionsConform(open: OpenStore): void {
  const closed: (() => Promise<void>)[] = [];
  const reopen = async (folder?: string) => {
    const opened = await open(folder);
    closed.push(() => opened.store.close());
    return opened;
  };
  afterEach(async () => {
    for (const close of closed.splice(0)) await close();
  });

  test("older documents are brought up to date at the start, step by step, and found by new indexes", async () => {
    const first = await reopen();
    const old = first.store.collection(spec(1));
    await old.ready();
    await old.insert(draft({ id: "a", words: "red shoes" }));
    await old.insert(draft({ id: "b", words: "" }));
    await first.store.close();

    const { store } = await reopen(first.folder);
    const notes = store.collection(
      spec(3, {
        upgrades: {
          2: ({ words, ...doc }) => ({ ...doc, tags: (words as string).split(" ").filter(Boolean) }),
          3: (doc) => ({ ...doc, size: (doc.tags as string[]).length }),
        },
        indexes: [{ keys: ["tags"], many: true }, { keys: ["size"] }],
      }),
    );
    await notes.ready();
    expect(await notes.get("a")).toMatchObject({ v: 3, tags: ["red", "shoes"], size: 2, rev: 1 });
    expect(await notes.find({ tags: "shoes" }, { limit: 9 })).toHaveLength(1);
    expect(await notes.find({ size: 0 }, { limit: 9 })).toMatchObject([{ id: "b" }]);
    expect(await notes.insert(draft({ id: "c", tags: [], size: 0 }))).toMatchObject({ v: 3 });
  });

  test("an upgrade that fails leaves every document as it was", async () => {
    const first = await reopen();
    const old = first.store.collection(spec(1));
    await old.ready();
    await old.insert(draft({ id: "a", words: "x" }));
    await old.insert(draft({ id: "b" }));
    await first.store.close();

    const second = await reopen(first.folder);
    const upgrades = { 2: (doc: Record<string, unknown>) => ({ ...doc, words: (doc.words as string).toUpperCase() }) };
    await expect(second.store.collection(spec(2, { upgrades })).ready()).rejects.toThrow();
    await second.store.close();

    const { store } = await reopen(first.folder);
    const notes = store.collection(spec(1));
    await notes.ready();
    expect(await notes.get("a")).toMatchObject({ v: 1, words: "x" });
  });

  test("trap 25: start-up refuses a newer version of the data, and says which", async () => {
    const first = await reopen();
    await first.store.collection(spec(4)).ready();
    await first.store.close();
    const { store } = await reopen(first.folder);
    await expect(store.collection(spec(3)).ready()).rejects.toThrow(/notes are of version 4.*up to 3/);
  });

  test("a key that becomes unique is unique from the next start on", async () => {
    const first = await reopen();
    const notes = first.store.collection(spec(1, { indexes: [{ keys: ["code"] }] }));
    await notes.ready();
    await notes.insert(draft({ id: "a", code: "c" }));
    await first.store.close();
    const { store } = await reopen(first.folder);
    const strict = store.collection(spec(1, { indexes: [{ keys: ["code"], unique: true }] }));
    await strict.ready();
    await expect(strict.insert(draft({ id: "b", code: "c" }))).rejects.toMatchObject({ type: "NOTES_TAKEN" });
  });
}

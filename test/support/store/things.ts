import { z } from "zod";
import type { DurableEvent } from "../../../mixins/durable-events/event-bus.ts";
import type { Collection, CollectionSpec, Doc, Draft } from "../../../mixins/store/collection.ts";

/** An adapter of the store as the conformance suite drives it: one database, opened and closed. */
export interface StoreUnderTest {
  collection<T extends Doc>(spec: CollectionSpec<T>): Collection<T>;
  /** What was stored with writes to be told, oldest first. */
  storedEvents(): Promise<DurableEvent[]>;
  close(): Promise<void>;
}

/** Opens a new database, or the one in this folder. */
export type OpenStore = (folder?: string) => Promise<{ store: StoreUnderTest; folder: string }>;

const Hold = z.strictObject({ quantity: z.int(), state: z.string() });

/** A document with every kind of field that services have. */
export const Thing = z.strictObject({
  id: z.string(),
  rev: z.int(),
  v: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  deletedAt: z.string().nullish(),
  dueAt: z.string().nullish(),
  leased: z.boolean().optional(),
  fence: z.int().optional(),
  kind: z.string().nullish(),
  rank: z.number().nullish(),
  code: z.string().nullish(),
  shelf: z.string().nullish(),
  slot: z.int().nullish(),
  stock: z.int().default(0),
  label: z.string().nullish(),
  open: z.boolean().optional(),
  tags: z.array(z.union([z.string(), z.int()])).nullish(),
  skus: z.array(z.string()).optional(),
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })).optional(),
  holds: z.record(z.string(), Hold).default({}),
  box: z.strictObject({ size: z.int().nullish(), inner: z.strictObject({ depth: z.int() }).optional() }).nullish(),
});
export type Thing = z.output<typeof Thing>;

export const thingSpec: CollectionSpec<Thing> = {
  name: "things",
  version: 1,
  schema: Thing,
  indexes: [
    { keys: ["dueAt"] },
    { keys: ["updatedAt"] },
    { keys: ["kind", "rank"] },
    { keys: ["rank"] },
    { keys: ["code"], unique: true },
    { keys: ["shelf", "slot"], unique: true },
    { keys: ["skus"], unique: true, many: true },
    { keys: ["box.size"] },
    { keys: ["open"] },
  ],
};

export const thing = (id: string, fields: Partial<Draft<Thing>> = {}): Draft<Thing> => ({
  id,
  stock: 0,
  holds: {},
  ...fields,
});

export const ids = (docs: readonly { id: string }[]): string[] => docs.map(({ id }) => id);

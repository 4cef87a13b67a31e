import type { AnyBulkWriteOperation, Collection } from "mongodb";
import type { DurableEvent } from "../durable-events/event-bus.ts";

/** An event that stands on the document whose change it tells of, until it is published. */
export interface OutboxEntry {
  id: string;
  name: string;
  /** As JSON: names of fields that MongoDB would not like are of no matter then. */
  payload: string;
  at: string;
}

/** A document as MongoDB has it. */
export interface Stored {
  _id: string;
  v: number;
  rev: number;
  outbox?: OutboxEntry[];
  outboxAt?: string;
  [field: string]: unknown;
}

/** Events of one document that are published together. */
export interface Waiting {
  doc: string;
  entries: readonly OutboxEntry[];
}

export const toEntries = (events: readonly DurableEvent[], at: string): OutboxEntry[] =>
  events.map(({ id, name, payload }) => ({ id, name, payload: JSON.stringify(payload) ?? "null", at }));

export const toEvent = ({ id, name, payload }: OutboxEntry): DurableEvent => ({
  id,
  name,
  payload: JSON.parse(payload),
});

/** What the bus has taken of them. */
export const without = (batch: readonly Waiting[], refused: ReadonlyMap<string, unknown>): readonly Waiting[] =>
  refused.size
    ? batch.map(({ doc, entries }) => ({ doc, entries: entries.filter(({ id }) => !refused.has(id)) }))
    : batch;

/**
 * Takes what was published out of its outboxes, without raising anything: nobody sees those. Lost with a primary, it is
 * published again, and known by its id.
 */
export async function clear(stored: Collection<Stored>, batch: readonly Waiting[]): Promise<void> {
  const docs = batch.map(({ doc }) => doc);
  const told = batch.flatMap(({ entries }) => entries.map(({ id }) => id));
  const more = { $elemMatch: { id: { $nin: told } } };
  // Mostly there is no more in it; where there is, that stays.
  const whole = {
    updateMany: {
      filter: { _id: { $in: docs }, outbox: { $not: more } },
      update: { $unset: { outbox: "", outboxAt: "" } },
    },
  };
  const part = {
    updateMany: {
      filter: { _id: { $in: docs }, outbox: more },
      update: { $pull: { outbox: { id: { $in: told } } } },
    },
  };
  const operations = [whole, part] as unknown as AnyBulkWriteOperation<Stored>[];
  await stored.bulkWrite(operations, { ordered: true, writeConcern: { w: 1 } });
}

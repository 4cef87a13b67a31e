import { type Collection, MongoBulkWriteError } from "mongodb";
import { isTakenCode } from "../mongo/mongo-errors.ts";
import type { Stored } from "./mongo-entries.ts";

/** Documents in one command: a majority has them on disk before the time is over. */
const AT_ONCE = 500;

/** Inserts each document that can be; gives the places of those whose id or unique key was taken. */
export async function insertAll(docs: Collection<Stored>, stored: readonly Stored[]): Promise<Set<number>> {
  const taken = new Set<number>();
  for (let from = 0; from < stored.length; from += AT_ONCE) {
    try {
      await docs.insertMany(stored.slice(from, from + AT_ONCE), { ordered: false });
    } catch (error) {
      for (const at of takenIn(error)) taken.add(from + at);
    }
  }
  return taken;
}

/** The places of what was refused for a taken key; throws where anything else went wrong. */
function takenIn(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
  const refused = [error.writeErrors].flat();
  if (!refused.length || !refused.every(({ code }) => isTakenCode(code))) throw error;
  return refused.map(({ index }) => index);
}

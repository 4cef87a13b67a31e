import { badRequest } from "../../services/shared/errors.ts";
import { sha256 } from "../../services/shared/ids.ts";

/** Where a page ended: the sort value and id of its last document. */
export interface Position {
  value: string | number;
  id: string;
}

const fingerprint = (query: unknown): string => sha256(JSON.stringify(query)).slice(0, 12);

export const writeCursor = (position: Position, query: unknown): string =>
  Buffer.from(JSON.stringify([position.value, position.id, fingerprint(query)])).toString("base64url");

/** Where to go on; a cursor that is damaged or of another query is `CURSOR_INVALID`. */
export function readCursor(cursor: string, query: unknown): Position {
  try {
    const [value, id, of] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [
      Position["value"],
      string,
      string,
    ];
    const whole = typeof id === "string" && (typeof value === "string" || typeof value === "number");
    if (whole && of === fingerprint(query)) return { value, id };
  } catch {
    // Told below: whatever could not be read is not a cursor of ours.
  }
  throw badRequest("CURSOR_INVALID", "The cursor does not belong to this query");
}

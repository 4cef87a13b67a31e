import { hash } from "node:crypto";
import { preconditionFailed } from "../shared/errors.ts";

/** Changes with the bytes. */
export const strongTag = (body: string | Buffer): string => `"${hash("sha1", body, "base64url")}"`;
/** For answers that may be told in other bytes and mean the same. */
export const weakTag = (body: string): string => `W/${strongTag(body)}`;
/** The ETag of a document by its version, which `If-Match` is held against. */
export const versionTag = (rev: number): string => `"${rev}"`;

const opaque = (tag: string): string => (tag.startsWith("W/") ? tag.slice(2) : tag);

/** Whether the client has this version already: `If-None-Match` by weak comparison (RFC 9110, 13.1.2). */
export function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === "*") return true;
  const wanted = opaque(etag);
  return (ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => opaque(tag) === wanted);
}

/**
 * The version that a write was made for, by its `If-Match`; undefined where any will do. What no version of this can be
 * (a weak tag, another thing's tag, several at once) is `PRECONDITION_FAILED`.
 */
export function wantedRev(ifMatch: string | undefined, hasVersions: boolean): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const [, rev] = /^"(\d{1,15})"$/.exec(ifMatch.trim()) ?? [];
  if (rev === undefined || !hasVersions) {
    throw preconditionFailed("PRECONDITION_FAILED", "Nothing here has that ETag: read it again, and send its own");
  }
  return Number(rev);
}

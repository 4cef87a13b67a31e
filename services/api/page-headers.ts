import type { ServerResponse } from "node:http";
import { basename, dirname } from "node:path";

const base = "base-uri 'none'; frame-ancestors 'none'";

/** Answers of the API are data: nothing in them may run or load. */
const API_CSP = `default-src 'none'; ${base}`;
/** Our pages: scripts and styles from files only; pictures of products may come from elsewhere. */
const PAGE_CSP = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; connect-src 'self'; form-action 'self'; ${base}`;
/** Swagger UI sets style attributes. */
const DOCS_CSP = PAGE_CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
/** Pages that a service made: a form and a style, no script. */
export const SERVICE_PAGE_CSP = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; ${base}`;

/** Names and values in turn, for every answer; browsers that came by HTTPS are to stay with it. */
export const securityHeaders = (publicUrl: string): readonly string[] => [
  "X-Content-Type-Options",
  "nosniff",
  "Referrer-Policy",
  "no-referrer",
  "Content-Security-Policy",
  API_CSP,
  ...(publicUrl.startsWith("https:") ? ["Strict-Transport-Security", "max-age=31536000"] : []),
];

/** A picture may be kept for a week by browsers and by caches between; after that its ETag tells whether it changed. */
const MEDIA_CACHE = "public, max-age=604800, stale-while-revalidate=86400";

/** For files of `public/`. */
export function pageHeaders(res: ServerResponse, path: string): void {
  if (basename(dirname(path)) === "media") res.setHeader("Cache-Control", MEDIA_CACHE);
  if (path.endsWith(".html")) {
    res.setHeader("Content-Security-Policy", path.endsWith("docs.html") ? DOCS_CSP : PAGE_CSP);
    res.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    res.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
    res.setHeader("X-Frame-Options", "DENY");
  }
}

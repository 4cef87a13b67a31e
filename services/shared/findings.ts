import type { Collection, Doc } from "../../mixins/store/collection.ts";
import type { Findings } from "./shapes.ts";

/** So many are named in one answer: NATS takes messages of 1 MB, and they must go from node to node just when much is wrong. */
const MOST = 1_000;
const LONGEST = 200;

/** The first of what was found, and how many more there are. */
export function named(findings: Findings["findings"]): Findings["findings"] {
  const first = findings.slice(0, MOST).map(({ detail, ...finding }) => ({ ...finding, detail: short(detail) }));
  const more = findings.length - first.length;
  if (more > 0) first.push({ rule: "more", subject: `${more} more`, detail: `only the first ${MOST} are named` });
  return first;
}

const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Events are told within moments: what has waited longer tells that something is wrong. */
const UNTOLD = 60_000;

/** What documents have had to tell for longer than a minute. */
export async function untoldFindings<T extends Doc>(
  collection: Pick<Collection<T>, "untold">,
  name: string,
  now = Date.now(),
): Promise<Findings["findings"]> {
  const { documents, since } = await collection.untold({ before: new Date(now - UNTOLD).toISOString() });
  if (!documents) return [];
  return [{ rule: `${name}.untold`, subject: name, detail: `events of ${documents} wait, the oldest since ${since}` }];
}

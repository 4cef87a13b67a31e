export const VIOLATIONS = [
  "oversold",
  "charged twice",
  "charged without order",
  "answered but lost",
  "events lost",
  "dead letters",
  "stuck",
  "invariants broken",
  "failed in rolling restarts",
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  kind: ViolationKind;
  /** An order's id, a SKU, a key. */
  subject: string;
  detail: string;
  /** Milliseconds since the start, where it is known when. */
  at?: number;
}

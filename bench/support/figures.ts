/** The value below which this part (0 to 1) of the values lies; they need not be sorted. */
export function quantile(values: readonly number[] | Float64Array, part: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length - 1e-9) - 1)] ?? (sorted[0] as number);
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** The median of what several rounds measured, and how far they lay apart. */
export interface Measured {
  median: number;
  least: number;
  most: number;
}
export const measured = (values: readonly number[]): Measured => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** Grouped by thousands, with as many decimals as a figure of this size deserves. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

export type Cell = string | number;

/** A table in Markdown, its columns padded so that the text is a table too; all but the first are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll("|", "\\|")));
  const widths = head.map((_, at) => Math.max(3, ...cells.map((row) => (row[at] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (at ? (row[at] ?? "").padStart(width) : (row[at] ?? "").padEnd(width))).join(" | ")} |`;
  const rule = widths.map((width, at) => (at ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  const [first, ...rest] = cells;
  return [line(first as string[]), line(rule), ...rest.map(line)].join("\n");
}

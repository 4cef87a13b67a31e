import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { ImportReport } from "../services/products/products.contract.ts";
import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";
import { fail, PlainError } from "./failures.ts";
import { progress } from "./progress.ts";

const USAGE = `npm run import -- FILE [options]   (FILE - is standard input)
  --stock N          what is on hand of SKUs of which the file does not say
  --format FORMAT    jsonl, csv, shopify or magento, where the file does not tell by itself
  --currency CODE    what the prices are in; another currency than the shop's is refused
  --images ADDRESS   where the pictures lie of which the file has only a path`;
const text = { type: "string" } as const;
const { positionals, values } = readArguments(USAGE, 1, { stock: text, format: text, currency: text, images: text });
const name = positionals[0] as string;

const { input, size } = await source(name).catch((error) => fail(error));
await withShop(
  async (client) => {
    const { stock, ...others } = values;
    const params = { ...others, ...(stock === undefined ? {} : { stock: Number(stock) }) };
    const { counted, end } = progress(input, size);
    const report = await client.send<ImportReport>("products.import", params, counted).finally(end);
    console.log(describe(report));
    return report.complete ? 0 : 1;
  },
  { create: true },
);

async function source(name: string): Promise<{ input: Readable; size?: number }> {
  if (values.stock !== undefined && !/^\d+$/.test(values.stock)) throw new PlainError("--stock: a whole number");
  if (name === "-") return { input: process.stdin };
  const file = await open(name);
  const stats = await file.stat();
  if (stats.isDirectory()) throw new PlainError(`${name}: it is a folder`);
  return { input: file.createReadStream({ highWaterMark: 256 * 1024 }), size: stats.size };
}

function describe(report: ImportReport): string {
  const rows: [string, number][] = [
    ["rows read", report.read],
    ["products created", report.created],
    ["products updated", report.updated],
    ["unchanged", report.unchanged],
    ["rows refused", report.refused],
    ["SKUs without stock", report.withoutStock],
    ["slugs with a suffix", report.suffixed],
    ["SKUs made", report.skusMade],
  ];
  const table = rows.map(([what, count]) => `${what.padEnd(22)}${String(count).padStart(8)}`);
  const problems = report.problems.map(({ line, sku, reason }) => `  line ${line}${sku ? ` (${sku})` : ""}: ${reason}`);
  const more = problems.length < 100 ? 0 : report.refused - problems.length;
  return [
    `${"format".padEnd(22)}${report.format}`,
    ...table,
    ...(report.notes.length ? ["", ...report.notes] : []),
    ...(problems.length ? ["", "Refused or amiss:", ...problems] : []),
    ...(more > 0 ? [`  and about ${more} more`] : []),
    ...(report.complete ? [] : ["", "The input broke off: what was complete before that is in."]),
  ].join("\n");
}

import { writeFileSync } from "node:fs";
import { readArguments } from "../bin/arguments.ts";
import { fail, PlainError } from "../bin/failures.ts";
import { sharedData } from "../test/support/shared-data.ts";
import { report } from "./replay/report.ts";
import { together } from "./replay/revenue.ts";
import { rowsOf } from "./replay/rows.ts";
import { replay } from "./replay/run.ts";

const USAGE = "npm run replay -- [--month 2010-12 | --year] [--file online-retail.csv.gz] [--width 16] [--report FILE]";
const { values } = readArguments(USAGE, 0, {
  month: { type: "string", default: "2010-12" },
  year: { type: "boolean", default: false },
  file: { type: "string" },
  width: { type: "string", default: "16" },
  report: { type: "string" },
});

try {
  const file = values.file ?? sharedData("data/orders/online-retail.csv.gz");
  if (!file) throw new PlainError("Online Retail is not beside this repository: name it with --file");
  const width = Number(values.width);
  if (!Number.isInteger(width) || width < 1) throw new PlainError(`--width: a whole number, not ${values.width}`);
  if (!/^\d{4}-\d{2}$/.test(values.month)) throw new PlainError(`--month: as in 2010-12, not ${values.month}`);

  const say = (text: string) => console.error(text);
  const rows = await rowsOf(file, (month) => values.year || month === values.month);
  if (rows.length === 0) throw new PlainError(`${file} has nothing of ${values.month}`);
  say(`${rows.length} lines read`);
  const outcome = await replay(rows, width, say);
  const what = values.year ? "the whole file" : values.month;
  const text = report(outcome, {
    title: `Online Retail replayed: ${what}`,
    command: `npm run replay -- ${values.year ? "--year" : `--month ${values.month}`}`,
  });
  console.log(text);
  if (values.report) writeFileSync(values.report, text);
  const { unexplained } = together(outcome.months);
  if (unexplained !== 0) throw new PlainError("There are differences that no reason explains");
} catch (error) {
  fail(error);
}

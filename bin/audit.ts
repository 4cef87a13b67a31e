import type { Audit } from "../services/control/audit.ts";
import type { Repairs } from "../services/shared/shapes.ts";
import { readArguments } from "./arguments.ts";
import { withShop } from "./client.ts";

const { values } = readArguments("npm run audit [-- [--repair] [--json]]", 0, {
  json: { type: "boolean", default: false },
  repair: { type: "boolean", default: false },
});

await withShop(async (client) => {
  if (values.repair) {
    const { repairs, left = [] } = await client.post<Repairs>("/repair", {});
    for (const { rule, subject, detail } of repairs) console.error(`Mended ${rule}, ${subject}: ${detail}`);
    for (const { rule, subject, detail } of left) console.error(`Left ${rule}, ${subject}: ${detail}`);
    if (repairs.length === 0) console.error("There was nothing to mend that is safe to mend.");
  }
  const audit = await client.get<Audit>("/audit");
  const found = audit.parts.reduce((total, { findings }) => total + findings.length, 0);
  console.log(values.json ? JSON.stringify(audit, null, 2) : describe(audit, found));
  return found ? 1 : 0;
});

/** What was counted, part by part, then every rule that does not hold with its findings. */
function describe({ parts, missing }: Audit, found: number): string {
  const counted = parts.flatMap(({ part, findings, figures }) => {
    const state = findings.length ? `${findings.length} findings` : "clean";
    const rows = Object.entries(figures).map(([name, value]) => `  ${words(name).padEnd(28)}${value}`);
    return [`${part.padEnd(30)}${state}`, ...rows];
  });
  const rules = Map.groupBy(
    parts.flatMap(({ part, findings }) => findings.map((finding) => ({ part, ...finding }))),
    ({ part, rule }) => `${part}: ${rule}`,
  );
  const broken = [...rules].flatMap(([rule, findings]) => [
    "",
    `${rule} (${findings.length})`,
    ...findings.map(({ subject, detail }) => `  ${subject}: ${detail}`),
  ]);
  const left = missing.length ? ["", `Not checked, because this node does not run them: ${missing.join(", ")}`] : [];
  return [...counted, ...broken, ...left, "", found ? `${found} findings` : "Every rule holds."].join("\n");
}

function words(name: string): string {
  return name.replaceAll(/([A-Z])/g, (capital) => ` ${capital.toLowerCase()}`);
}

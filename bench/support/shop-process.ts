/** The shop as `npm start` runs it, but for what the measuring process overrides; tells that one what it uses. */
import { enableCompileCache } from "node:module";
import type { Usage } from "./child.ts";

enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/molecart`);
const { BENCH_PASSWORD_COST: cost } = process.env;
if (cost) {
  const { default: users } = await import("../../services/users/users.service.ts");
  Object.assign(users.settings ?? {}, { passwordCost: Number(cost) });
}
process.on("message", () => {
  const usage: Usage = { cpu: process.cpuUsage(), rss: process.memoryUsage.rss() };
  process.send?.(usage);
});
const { run } = await import("../../bin/run.ts");
await run();

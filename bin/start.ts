import { enableCompileCache } from "node:module";

enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/molecart`);
const { run } = await import("./run.ts");
await run();

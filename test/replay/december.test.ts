import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describeWithShared } from "../support/shared-data.ts";

const REPLAY = join(import.meta.dirname, "../../bench/replay.ts");

describeWithShared("December 2010 of Online Retail", () => {
  test("is bought again over HTTP: every pound of the file is in our revenue or has a counted reason, and the audit is clean", async () => {
    const child = spawn(process.execPath, [REPLAY, "--month", "2010-12"], {
      env: { ...process.env, NODE_ENV: "production" },
    });
    try {
      const [report, told, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
      expect({ code, told }).toMatchObject({ code: 0 });
      expect(report).toMatch(/\| 2010-12 \| +£748,957\.02 \|.*\| +£0\.00 \|\n/);
      expect(report).toMatch(/\| Invoices that became orders +\| +1,550 \|/);
      expect(report).toMatch(/\| Orders canceled and refunded +\| +6 cancellation invoices/);
      expect(report).toContain("Every rule holds.");
    } finally {
      child.kill("SIGKILL");
    }
  }, 280_000);
});

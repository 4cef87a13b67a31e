import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../rig/ports.ts";
import { asking } from "../support/http-shop.ts";
import { type Observer, observe } from "../support/nodes.ts";
import { folderOfTest } from "../support/process-shop.ts";
import { describeWithServer, startServer } from "../support/servers.ts";
import { standIn } from "../support/stand-ins.ts";

describeWithServer("nats", "a gateway behind a NATS that lets a megabyte pass", () => {
  test("tells who asks too much so, and whose answer is too large that it was done", async () => {
    const config = join(folderOfTest(), "nats.conf");
    writeFileSync(config, "max_payload: 1MB\n");
    const nats = await startServer("nats", { args: ["-c", config] });
    const port = await freePort();
    const env = {
      TRANSPORTER: nats.url,
      SECRET_KEY: "a secret that every node of these tests knows",
      PUBLIC_URL: "http://localhost:3000",
    };
    const nodes: Observer[] = [];
    let created = 0;
    try {
      const config = { name: "config", actions: { values: () => null } };
      const gateway = await observe(env, { SERVICES: "api", PORT: String(port) }, [config]);
      const worker = await observe(env, { NODE_ID: "worker" });
      nodes.push(gateway, worker);
      await standIn(
        { ...worker, everyone: nodes },
        { name: "carts", actions: { create: () => ({ id: `${++created}${"x".repeat(1_100_000)}` }) } },
      );
      const ask = asking(`http://127.0.0.1:${port}`);
      const large = `{"lines":[${"1e20,".repeat(190_000)}1]}`;
      const headers = { "Content-Type": "application/json" };
      expect((await ask("/carts", { body: large, headers })).json).toMatchObject({
        status: 413,
        code: "REQUEST_TOO_LARGE",
        limit: 1_048_576,
      });
      expect(created).toBe(0);
      expect((await ask("/carts", { json: {} })).json).toMatchObject({ status: 500, code: "ANSWER_TOO_LARGE" });
      expect(created).toBe(1);
    } finally {
      for (const node of nodes) await node.stop();
      await nats.stop();
    }
  });
});

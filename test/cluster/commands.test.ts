import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../rig/cluster.ts";
import { newId } from "../../services/shared/ids.ts";
import { eventually } from "../support/eventually.ts";
import { asking } from "../support/http-shop.ts";
import { type Observer, openCluster } from "../support/nodes.ts";
import { folderOfTest, runCommand } from "../support/process-shop.ts";
import { describeWithServer } from "../support/servers.ts";
import { typist } from "../support/typist.ts";

jest.setTimeout(120_000);

const REST = "config+users+notifications+idempotency+products+pricing+inventory+carts+orders+payments";

describeWithServer(["nats", "redis", "postgres", "mongo"], "commands on a cluster", () => {
  const folder = folderOfTest();
  let cluster: Cluster;
  let observer: Observer;
  let env: Record<string, string>;
  beforeAll(async () => {
    ({ cluster, observer } = await openCluster({ layout: `api=2,${REST}=1` }));
    env = { ...cluster.env, DATA_DIR: folderOfTest() };
  });
  afterAll(async () => {
    await observer?.stop();
    await cluster?.stop();
  });

  test("an import reaches the shoppers of every gateway, and its export is what an import reads", async () => {
    const [goods, out] = [join(folder, "goods.jsonl"), join(folder, "out.jsonl")];
    const row = (sku: string) => ({
      name: `Mug ${sku}`,
      variants: [{ sku, price: { amount: 1_499, currency: "USD" } }],
    });
    writeFileSync(goods, ["M-1", "M-2"].map((sku) => `${JSON.stringify(row(sku))}\n`).join(""));
    const imported = await runCommand("import", [goods, "--stock", "5"], env);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/products created +2\n/) });
    for (const url of cluster.urls) {
      await eventually(async () => {
        const { items } = (await asking(url)("/products?q=mug")).json;
        return items.length === 2 && items.every(({ available }: { available: number }) => available === 5);
      });
    }
    expect(await runCommand("export", [out], env)).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([row("M-1"), row("M-2")]);
    const again = await runCommand("import", [out], env);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/products created +0\n/) });
    expect(again.stdout).toMatch(/unchanged +2\n/);
  });

  test("an audit looks at every part and ends with 0, and with 1 where it finds something", async () => {
    const audit = async () => {
      const { code, stdout } = await runCommand("audit", ["--json"], env);
      return { code, ...(JSON.parse(stdout) as { parts: { part: string; findings: object[] }[]; missing: string[] }) };
    };
    const { code, parts, missing } = await audit();
    expect({ code, missing, findings: parts.flatMap(({ findings }) => findings) }).toEqual({
      code: 0,
      missing: [],
      findings: [],
    });
    expect(parts.map(({ part }) => part)).toEqual(
      expect.arrayContaining(["inventory", "orders", "payments", "events"]),
    );
    const orderId = newId();
    const amount = { amount: 100, currency: "USD" };
    await observer.inside.call("payments.authorize", { orderId, amount, token: "tok_ok" });
    expect(await audit()).toMatchObject({ code: 1 });
    await observer.inside.call("payments.undo", { orderId });
    expect(await audit()).toMatchObject({ code: 0 });
  });

  test("an administrator who is made by command signs in through every gateway", async () => {
    const account = { email: "second@example.com", password: "a wholly different one" };
    const made = await runCommand("admin", ["--email", account.email, "--password", account.password], env);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    for (const url of cluster.urls) {
      const signedIn = await asking(url)("/auth/login", { json: account });
      expect(signedIn).toMatchObject({ status: 200, json: { user: { roles: ["administrator"] } } });
      const headers = { Authorization: `Bearer ${signedIn.json.accessToken}` };
      for (const other of cluster.urls) expect((await asking(other)("/inventory", { headers })).status).toBe(200);
    }
  });

  test("an operator at the prompt sees the services of all nodes, asks them and leaves", async () => {
    const operator = typist(env);
    const services = await eventually(async () => {
      const seen = await operator.type("services");
      return /orders .* OK/.test(seen) && seen;
    });
    for (const name of REST.split("+")) expect(services).toMatch(new RegExp(`${name} .* OK`));
    expect(await operator.type("call inventory.get --sku M-1")).toMatch(/onHand: .*5/);
    await operator.leave();
    expect((await operator.exited).code).toBe(0);
    for (const node of cluster.nodes) expect(await node.ready()).toBe(true);
  });
});

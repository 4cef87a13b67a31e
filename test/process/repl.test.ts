import { folderOfTest, startProcess } from "../support/process-shop.ts";
import { typist } from "../support/typist.ts";

const folder = folderOfTest();

test("an operator sees services, calls actions and leaves, and the shop goes on", async () => {
  const env = { DATA_DIR: folder, DEMO: "true" };
  const shop = await startProcess(env);
  const operator = typist(env);
  expect(await operator.type("services")).toMatch(/inventory .* OK/);
  expect(await operator.type("call inventory.get --sku TJ-S")).toMatch(/onHand: .*12/);
  expect(await operator.type("call inventory.get --sku NOPE")).toContain("There is no stock of NOPE");
  await operator.leave();
  expect((await operator.exited).code).toBe(0);

  // A second one at the same time as a third: each sees what it typed.
  const [first, second] = [typist(env), typist(env)];
  const [nodes, actions] = await Promise.all([first.type("nodes"), second.type("actions")]);
  expect(nodes).toContain("ONLINE");
  expect(nodes).not.toContain("inventory.adjust");
  expect(actions).toContain("inventory.adjust");
  await Promise.all([first.leave(), second.leave()]);

  expect((await fetch(`${shop.url}/health/ready`)).status).toBe(200);
  expect(shop.output().stdout).not.toContain("ONLINE");
  shop.kill("SIGTERM");
  await shop.exited;
}, 60_000);

test("where no shop runs, the prompt opens the data folder for as long as it is used", async () => {
  const operator = typist({ DATA_DIR: folder });
  expect(await operator.type("call products.list --limit 1")).toContain("nextCursor");
  await operator.leave();
  expect((await operator.exited).code).toBe(0);
}, 60_000);

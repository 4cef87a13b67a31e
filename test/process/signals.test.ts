import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { eventually } from "../support/eventually.ts";
import { folderOfTest, type ProcessShop, startProcess } from "../support/process-shop.ts";

jest.setTimeout(60_000);

const SERVICES = "products,inventory,pricing,carts,users,idempotency,control,api";
const start = (dataDir = folderOfTest()) => startProcess({ SERVICES, DATA_DIR: dataDir });

const row = (n: number) =>
  `${JSON.stringify({ name: `Jacket ${n}`, variants: [{ sku: `J-${n}`, price: { amount: 100, currency: "USD" } }] })}\n`;

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** An import over HTTP of which the first row has been sent, and taken. */
async function importing(shop: ProcessShop) {
  const signedIn = await post(`${shop.url}/api/v1/auth/login`, {
    email: "admin@example.com",
    password: "correct horse battery",
  });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const sending = request(`${shop.url}/api/v1/admin/products/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/jsonl" },
    agent: new Agent({ keepAlive: true }),
  });
  const answer = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    sending.on("error", reject);
    sending.on("response", async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await json(response) });
    });
  });
  answer.catch(() => undefined);
  await new Promise((resolve) => sending.write(row(1), resolve));
  // The connection's other requests are answered, so that this one is inside too.
  await fetch(`${shop.url}/api/v1/products`);
  return { sending, answer };
}

test("Ctrl-C finishes the request that runs, takes no more, and ends with 0", async () => {
  const shop = await start();
  const { sending, answer } = await importing(shop);
  // As npm does: it passes on the signal that the terminal has sent already.
  shop.kill("SIGINT");
  shop.kill("SIGINT");
  await eventually(() => shop.output().stdout.includes("Finishing what runs"));
  await eventually(() =>
    fetch(shop.url).then(
      () => false,
      () => true,
    ),
  );
  sending.end(row(2));
  expect(await answer).toMatchObject({ status: 200, body: { created: 2, complete: true } });
  expect(await shop.exited).toMatchObject({ code: 0, stderr: "" });
});

test("a second signal ends the process at once", async () => {
  const shop = await start();
  const { sending, answer } = await importing(shop);
  shop.kill("SIGTERM");
  await eventually(() => shop.output().stdout.includes("Finishing what runs"));
  // Not in the same breath: those two would be one wish.
  const again = setInterval(() => shop.kill("SIGTERM"), 100);
  expect((await shop.exited).code).toBe(143);
  clearInterval(again);
  await expect(answer).rejects.toThrow();
  sending.destroy();
});

test("what was answered before kill -9 is there at the next start, in spite of the socket left behind", async () => {
  const dataDir = folderOfTest();
  const killed = await start(dataDir);
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) {
    const made = await post(`${killed.url}/api/v1/carts`, {});
    expect(made.status).toBe(201);
    ids.push(((await made.json()) as { id: string }).id);
  }
  killed.kill("SIGKILL");
  expect((await killed.exited).signal).toBe("SIGKILL");
  const shop = await start(dataDir);
  for (const id of ids) expect((await fetch(`${shop.url}/api/v1/carts/${id}`)).status).toBe(200);
  shop.kill("SIGTERM");
  expect(await shop.exited).toMatchObject({ code: 0, stderr: "" });
});

test("an error that nothing handles is logged with its stack and ends the process with 1", async () => {
  const broken = 'process.once("SIGUSR2",()=>{throw new Error("out of order")})';
  const shop = await startProcess({
    SERVICES,
    DATA_DIR: folderOfTest(),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}`,
  });
  shop.kill("SIGUSR2");
  const { code, stderr } = await shop.exited;
  expect(code).toBe(1);
  expect(stderr).toMatch(/out of order.*stack/s);
});

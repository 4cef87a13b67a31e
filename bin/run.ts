import { flushCompileCache } from "node:module";
import { listen } from "../services/api/http-server.ts";
import { type Environment, readEnvironment } from "../services/shared/environment.ts";
import { fail } from "./failures.ts";
import { healthServer } from "./health.ts";
import { openShop, type Shop } from "./shop.ts";

/** npm passes on the Ctrl-C that the terminal has sent to this process already: both are one wish. */
const SAME_WISH = 500;

/** Runs the shop until a signal ends it. */
export async function run(): Promise<void> {
  // What is stored is nobody else's business.
  process.umask(0o077);
  let environment: Environment | undefined;
  let shop: Shop | undefined;
  const broken = (error: unknown) => {
    if (!shop) fail(error, environment?.DATA_DIR);
    shop.broker.logger.fatal("An error that nothing handled ends the process", error);
    process.exit(1);
  };
  process.on("uncaughtException", broken);
  process.on("unhandledRejection", broken);
  onSignal(() => shop);
  environment = readEnvironment(process.env);
  const { HEALTH_PORT, HOST } = environment;
  if (HEALTH_PORT !== undefined)
    await listen(
      healthServer(() => missing(shop)),
      HEALTH_PORT,
      HOST,
    );
  shop = await openShop(environment);
  console.log(greeting(environment, shop));
  void shop.ended.then((why) => endFor(why, shop as Shop));
  setTimeout(flushCompileCache, 1_000);
  // A node may have no server of its own, and runs nevertheless.
  setInterval(() => undefined, 2 ** 30);
}

/** What keeps this node from being ready. */
function missing(shop: Shop | undefined): string[] {
  if (!shop) return ["the node is starting"];
  return shop.broker.started ? shop.platform.problems() : ["the node is stopping"];
}

function onSignal(current: () => Shop | undefined): void {
  let asked = 0;
  const end = (code: number) => {
    const shop = current();
    // Nothing has been answered yet: what is half made, the next start makes whole.
    if (!shop) process.exit(code);
    if (asked && Date.now() - asked > SAME_WISH) process.exit(code);
    if (asked) return;
    asked = Date.now();
    console.log("Finishing what runs; the same again ends it at once.");
    shop.stop().then(
      () => process.exit(0),
      (error) => fail(error),
    );
  };
  process.on("SIGINT", () => end(130));
  process.on("SIGTERM", () => end(143));
}

/** Ends by itself, once what runs is finished. */
async function endFor(why: Error, shop: Shop): Promise<void> {
  shop.broker.logger.fatal(why.message);
  await shop.stop().catch((error) => shop.broker.logger.error("It could not stop as it should", error));
  fail(why);
}

/** What somebody who has just started the shop wants to know. */
function greeting({ DATA_DIR, HOST, PORT, TRANSPORTER }: Environment, { broker }: Shop): string {
  const names = broker.services.map(({ name }) => name).filter((name) => !name.startsWith("$"));
  const host = ["127.0.0.1", "0.0.0.0", "::"].includes(HOST) ? "localhost" : HOST;
  const url = `http://${host}:${PORT}`;
  return [
    names.includes("api")
      ? `Molecart is open at ${url}, its API is described at ${url}/docs`
      : `Molecart runs ${names}`,
    `${TRANSPORTER ? `This is node ${broker.nodeID}` : `Data is in ${DATA_DIR}`}; Ctrl-C finishes what runs and ends.`,
  ].join("\n");
}

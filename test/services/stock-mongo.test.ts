import { Endings } from "../../services/inventory/endings.ts";
import { Holds } from "../../services/inventory/holds.ts";
import { CROWD } from "../../services/inventory/leaving.ts";
import { endingsSpec, movementsSpec, stockSpec } from "../../services/inventory/stock.documents.ts";
import { faults, stockId } from "../../services/inventory/stock.ts";
import { newId } from "../../services/shared/ids.ts";
import { type MongoStore, openMongo } from "../support/mongo.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

const SKU = "BEST";

describeWithServer("mongo", "the stock of a best-seller on MongoDB, on two nodes", () => {
  let server: TestServer;
  const stores: MongoStore[] = [];
  beforeAll(async () => {
    server = await startServer("mongo", { fsync: "off" });
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
  });

  async function join(database?: string) {
    const { store, folder } = await openMongo(server, database);
    stores.push(store);
    const [stock, endings] = [store.collection(stockSpec), store.collection(endingsSpec)];
    const movements = store.collection(movementsSpec);
    await Promise.all([stock.ready(), endings.ready(), movements.ready()]);
    const holds = new Holds(stock, new Endings(endings), movements);
    const tidy = async () => {
      for (const claimed of await stock.claimDue(30_000, 10)) await holds.tidy(claimed);
    };
    return { stock, holds, tidy, database: folder };
  }

  test("stays small while it is sold, no order is forgotten, and what comes back comes back once", async () => {
    const one = await join();
    const two = await join(one.database);
    const orders = Array.from({ length: 120 }, newId);
    const line = { sku: SKU, quantity: 1 };
    const figures = { sku: SKU, location: "main", onHand: 100, reserved: 0, available: 100 };
    await one.stock.insert({
      id: stockId(SKU),
      ...figures,
      holds: {},
      adjustments: {},
      archivedUpTo: "",
      archives: 0,
    });

    const sold: string[] = [];
    const buy = async (orderId: string, at: number) => {
      const [here, there] = at % 2 ? [one, two] : [two, one];
      if ((await here.holds.hold(orderId, line, null)) !== null) return;
      await there.holds.commit(orderId, line);
      sold.push(orderId);
    };
    for (let at = 0; at < orders.length; at += 8) {
      await Promise.all([...orders.slice(at, at + 8).map(buy), one.tidy(), two.tidy()]);
    }
    await Promise.all([one.tidy(), two.tidy()]);
    expect(sold).toHaveLength(100);
    const stock = await two.stock.get(stockId(SKU));
    expect(Object.keys(stock?.holds ?? {}).length).toBeLessThanOrEqual(CROWD);
    for (const orderId of sold) expect(await one.holds.of(orderId, [SKU])).toMatchObject([{ state: "committed" }]);

    const back = sold.slice(0, 10);
    await Promise.all(back.flatMap((id) => [one, two, one].map(({ holds }) => holds.release(id, line))));
    await Promise.all(back.map((id) => expect(two.holds.hold(id, line, null)).rejects.toThrow("has ended")));
    const after = await one.stock.get(stockId(SKU));
    expect(after).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
    expect(after && faults(after, 10)).toEqual([]);
  }, 120_000);
});

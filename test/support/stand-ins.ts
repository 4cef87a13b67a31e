import type { ServiceSchema } from "moleculer";
import type { TestShop } from "./services.ts";

/** Services of the test's own in the place of real ones; every node has heard of them when this returns. */
export async function standIn(shop: TestShop, ...schemas: ServiceSchema[]): Promise<void> {
  for (const schema of schemas) shop.broker.createService(schema);
  const names = schemas.map(({ name }) => name);
  await Promise.all(shop.everyone.map(({ broker }) => broker.waitForServices(names, 15_000, 10)));
}

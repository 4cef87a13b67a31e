import { ServiceBroker } from "moleculer";
import { ClusterPlatform } from "../../mixins/cluster/cluster-platform.ts";
import { amongNodes } from "../../moleculer.cluster.ts";
import { brokerOptions } from "../../moleculer.config.ts";
import { freePort } from "../../rig/ports.ts";
import { describe as described } from "../../services/contracts/compatibility.ts";
import { ordersContract } from "../../services/orders/orders.contract.ts";
import { readEnvironment } from "../../services/shared/environment.ts";
import { eventually } from "../support/eventually.ts";
import { QUIET } from "../support/nodes.ts";
import { folderOfTest, launch } from "../support/process-shop.ts";
import { describeWithServer, startServer } from "../support/servers.ts";

jest.setTimeout(120_000);

describeWithServer("nats", "nodes of two releases", () => {
  let url: string;
  beforeAll(async () => {
    url = (await startServer("nats")).url;
  });

  test("that could not answer each other at their start find out, and the later one ends when it has finished", async () => {
    const shared = { SECRET_KEY: "a secret that every node of these tests knows", PUBLIC_URL: "http://localhost:3000" };
    const env = { ...QUIET, ...shared, TRANSPORTER: url };
    const node = { ...readEnvironment({ ...env, NODE_ID: "older", DATA_DIR: folderOfTest() }), TRANSPORTER: url };
    const platform = new ClusterPlatform(node);
    const told = { release: "0.0.1", contracts: { orders: "of another release" } };
    const older = new ServiceBroker(brokerOptions(platform, { ...amongNodes(node), metadata: told }));
    await platform.connect();
    await older.start();

    const port = await freePort();
    const more = { SERVICES: "control", NODE_ID: "later", DATA_DIR: folderOfTest(), HEALTH_PORT: String(port) };
    const later = launch("start", [], { ...env, ...more });
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok, { within: 40_000 });

    const orders = described(ordersContract);
    const withMore = { ...orders, actions: { ...orders.actions, wrap: { params: {}, returns: {} } } };
    older.createService({ name: "contracts", actions: { of: () => withMore } });
    expect((await later.exited).code).toBe(1);
    expect(later.output.stderr).toContain("Node older is of another release: orders: the action wrap is gone\n");
    await older.stop();
  });
});

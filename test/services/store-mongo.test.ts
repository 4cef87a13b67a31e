import { openMongo } from "../support/mongo.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";
import { storeConforms } from "../support/store-conformance.ts";

describeWithServer("mongo", "the store on MongoDB", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer("mongo", { fsync: "off" });
  });

  describe("conforms", () => storeConforms((database) => openMongo(server, database)));
});

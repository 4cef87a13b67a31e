import { busConforms } from "../support/bus-conformance.ts";
import { natsPrograms, TestStreams } from "../support/jetstream.ts";
import { describeWithServer, startServer, type TestServer } from "../support/servers.ts";

describeWithServer("nats", "durable events on JetStream", () => {
  describe.each(natsPrograms())("nats-server $version", ({ program }) => {
    let server: TestServer;
    const streams = new TestStreams(() => server.url);
    beforeAll(async () => {
      server = await startServer("nats", { program });
    });
    afterAll(() => server.stop());
    beforeEach(() => streams.begin());
    afterEach(() => streams.closeAll());

    describe("as a bus", () => {
      busConforms({
        open: async (groups, options) => streams.bus(groups, options),
        closeAll: () => streams.closeAll(),
      });
    });
  });
});

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { drain, drainable } from "../../services/shared/drain.ts";

const LARGE = Buffer.alloc(30_000_000, "a");

describe("a server that is drained", () => {
  let server: Server;
  let answer: (req: IncomingMessage, res: ServerResponse) => void;
  let port: number;
  beforeEach(async () => {
    server = drainable(createServer((req, res) => answer(req, res)));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    ({ port } = server.address() as AddressInfo);
  });

  /** What has come of the answer so far stays where it is until it is read. */
  const ask = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: "127.0.0.1", port }, resolve).on("error", reject).end();
    });

  test("sends an answer whole that somebody reads slowly", async () => {
    answer = (_, res) => res.end(LARGE);
    const slow = await ask();
    const drained = drain(server, { patience: 10_000 });
    for (let round = 0; round < 5; round++) server.closeIdleConnections();
    expect((await buffer(slow)).length).toBe(LARGE.length);
    await drained;
  });

  test("waits for an answer that is not there yet, and ends the connection after it", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    answer = (_, res) => asked.resolve(res);
    const answered = ask();
    const response = await asked.promise;
    const drained = drain(server, { patience: 10_000 });
    response.end("late");
    expect((await buffer(await answered)).toString()).toBe("late");
    await drained;
  });

  test("ends connections that nobody uses, and takes no new ones", async () => {
    answer = (_, res) => res.end("there");
    const kept = connect(port, "127.0.0.1");
    kept.write("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
    await new Promise((read) => kept.once("data", read));
    const closed = new Promise((end) => kept.once("close", end));
    await drain(server, { patience: 10_000 });
    await closed;
    await expect(ask()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("breaks off who has not read the answer after the time that it gives", async () => {
    answer = (_, res) => res.end(LARGE);
    const slow = await ask();
    await drain(server, { patience: 50 });
    await expect(buffer(slow)).rejects.toThrow();
  });

  test("answers those who come within the notice, each for the last time on their connection", async () => {
    answer = (_, res) => res.end("there");
    const drained = drain(server, { patience: 10_000, notice: 200 });
    const { headers } = await ask().then((response) => response.resume());
    expect(headers.connection).toBe("close");
    await drained;
  });
});

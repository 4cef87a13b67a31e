import { MongoNetworkError, MongoServerError } from "mongodb";
import { isAway, toStoreError } from "../../mixins/mongo/mongo-errors.ts";

/** As the driver names it where the monitor of a server that hangs gives up; it exports no class of that name. */
class InterruptedByMonitor extends MongoNetworkError {
  override get name(): string {
    return "PoolClearedOnNetworkError";
  }
}

test.each([
  ["a connection that broke", new MongoNetworkError("closed")],
  ["a connection that the driver gave up while it was in use", new InterruptedByMonitor("interrupted")],
  ["a socket that broke under a write", Object.assign(new Error("write EPIPE"), { code: "EPIPE" })],
  ["a server that is no primary any more", new MongoServerError({ code: 10107 })],
])("%s is no mistake of ours: the same may be asked again", (_, error) => {
  expect(isAway(error)).toBe(true);
  expect(toStoreError(error, "carts")).toMatchObject({ type: "STORE_UNAVAILABLE", code: 503, retryable: true });
});

test("what the server does not understand is a mistake of ours, and so is what has nothing to do with it", () => {
  expect(isAway(new TypeError("undefined is not a function"))).toBe(false);
  expect(isAway(new MongoServerError({ code: 9, message: "FailedToParse" }))).toBe(false);
});

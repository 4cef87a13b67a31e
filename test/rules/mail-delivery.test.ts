import { ATTEMPTS, afterFailure, pauseAfter } from "../../services/notifications/delivery.ts";

const now = Date.parse("2026-01-05T10:00:00.000Z");
const failed = (code: string, permanent?: boolean) => Object.assign(new Error("550 no such user"), { code, permanent });

test("a mail that the server refuses for good is not tried again, and keeps the reason", () => {
  expect(afterFailure(failed("EENVELOPE", true), 1, now)).toEqual({ reason: "550 no such user", retryAt: null });
  expect(afterFailure(failed("EMESSAGE", true), 1, now).retryAt).toBeNull();
});

test("a passing failure is tried again a second later, then with growing pauses", () => {
  expect(afterFailure(failed("EENVELOPE", false), 1, now).retryAt).toBe("2026-01-05T10:00:01.000Z");
  expect([1, 2, 3, 4].map(pauseAfter)).toEqual([1_000, 4_000, 16_000, 64_000]);
  expect(pauseAfter(ATTEMPTS)).toBe(4 * 3600_000);
});

test("a refused sign-in at the server is the shop's to mend, and the mail waits for it", () => {
  expect(afterFailure(failed("EAUTH", true), 3, now).retryAt).not.toBeNull();
  expect(afterFailure(failed("ECONNECTION"), 3, now).retryAt).not.toBeNull();
});

test("a server that is down for more than a day ends the attempts", () => {
  const waited = Array.from({ length: ATTEMPTS - 1 }, (_, index) => pauseAfter(index + 1)).reduce((a, b) => a + b);
  expect(waited).toBeGreaterThan(24 * 3600_000);
  expect(afterFailure(failed("ECONNECTION"), ATTEMPTS, now).retryAt).toBeNull();
});

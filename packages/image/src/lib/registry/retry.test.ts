import { expect, test } from "vitest";
import { pause } from "./pause.ts";
import { backOff, isPassingStatus, retryAfter } from "./retry.ts";

test("each wait is twice as long, half of it by chance, and none is over a minute", () => {
  expect([0, 1, 2, 3].map((attempt) => backOff(attempt, 200, 1))).toEqual([200, 400, 800, 1600]);
  expect(backOff(0, 200, 0)).toBe(100);
  expect(backOff(50, 200, 1)).toBe(60_000);
});

test("Retry-After is read in seconds and as a date, and kept to a minute", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfter("3", now)).toBe(3000);
  expect(retryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5000);
  expect(retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
  expect(retryAfter("86400", now)).toBe(60_000);
  expect([null, "", "soon", "-x"].map((header) => retryAfter(header, now))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("too many requests and a server's own trouble pass, a refusal does not", () => {
  expect([429, 500, 502, 503, 504].every(isPassingStatus)).toBe(true);
  expect([400, 401, 403, 404, 416, 501].some(isPassingStatus)).toBe(false);
});

test("a wait ends with the signal's own reason", async () => {
  const reason = new Error("enough");
  await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});

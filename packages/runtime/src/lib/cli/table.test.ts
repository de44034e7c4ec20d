import { describe, expect, test } from "vitest";
import { agoText, bytesText, jsonText, printable, table } from "./table.ts";

test("a table has columns as wide as their widest cell", () => {
  expect(
    table(
      ["A", "LONG"],
      [
        ["1", "2"],
        ["three", ""],
      ],
    ),
  ).toBe("A       LONG\n1       2\nthree\n");
});

test("what a terminal would obey is written out, so that a name cannot move the cursor", () => {
  expect(table(["A"], [["\u001B[2Jx\r\u0007\u009B\u202E"]])).toBe(
    "A\n\\u001b[2Jx\\u000d\\u0007\\u009b\\u202e\n",
  );
  expect(printable("größe 5")).toBe("größe 5");
});

test("JSON has such characters as escapes, and reads the same", () => {
  const value = { name: "a\u001B[2J\u009B\u202E\n", "\u{E0001}": ["größe"] };
  const text = jsonText(value);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(text).toContain("größe");
  expect(JSON.parse(text)).toEqual(value);
});

describe("a number of bytes", () => {
  test.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1kB"],
    [12_345_678, "12.3MB"],
    [999_600, "1MB"],
    [1.5e12, "1.5TB"],
    [1e18, "1000000TB"],
  ])("%i is %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));
});

describe("a moment", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  test.each([
    ["2026-11-24T11:59:59Z", "1 second ago"],
    ["2026-11-24T12:00:05Z", "0 seconds ago"],
    ["2026-11-24T09:00:00Z", "3 hours ago"],
    ["2026-11-22T12:00:00Z", "2 days ago"],
    ["2020-01-01T00:00:00Z", "6 years ago"],
    ["1970-01-01T00:00:00Z", "56 years ago"],
    ["nonsense", "unknown"],
    [undefined, "unknown"],
  ])("%s was %s", (when, text) => expect(agoText(when, now)).toBe(text));
});

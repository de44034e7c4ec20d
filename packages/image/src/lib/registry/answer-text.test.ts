import { expect, test } from "vitest";
import { errorCodes, errorText } from "./answer-text.ts";

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

test("what a registry says is told in a line", () => {
  const body = bytes({
    errors: [
      { code: "MANIFEST_UNKNOWN", message: "manifest unknown", detail: { Tag: "x" } },
      { code: "DENIED" },
    ],
  });
  expect(errorText(body)).toBe("MANIFEST_UNKNOWN: manifest unknown; DENIED");
  expect(errorCodes(body)).toEqual(["MANIFEST_UNKNOWN", "DENIED"]);
});

test("what a token server says is told, too", () => {
  expect(errorText(bytes({ details: "incorrect username or password" }))).toBe(
    "incorrect username or password",
  );
});

test("a registry cannot write to the terminal, nor a novel", () => {
  const message = `\u001B]0;owned\u0007\r\n${"x".repeat(5000)}`;
  const text = errorText(bytes({ errors: [{ code: "A\u0000B", message }] }));
  expect(text).toMatch(/^A B: \]0;owned x+…$/);
  expect(text.length).toBeLessThan(310);
});

test.each(["", "<html>", "null", "[]", '{"errors":1}', '{"errors":[1]}', '{"errors":[]}'])(
  "a body %j says nothing for people",
  (text) => {
    expect(errorText(bytes(text))).toBe("");
    expect(errorCodes(bytes(text))).toEqual([]);
  },
);

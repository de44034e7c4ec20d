import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";

const parse = (text: string): unknown => parseJson(Buffer.from(text), "a body");

test("JSON in which no key is twice is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("a key that is twice in any object at any depth is refused, however it is written", () => {
  const escaped = (key: string): string =>
    `"${[...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`;
  const key = fc.string({ unit: "grapheme-ascii", maxLength: 5 });
  fc.assert(
    fc.property(key, fc.json(), fc.nat(20), fc.boolean(), (name, value, depth, isEscaped) => {
      const again = isEscaped ? escaped(name) : JSON.stringify(name);
      const object = `{${JSON.stringify(name)} : ${value}, "other\\"":[],\n${again}\t:1}`;
      const text = `${'[{"a":'.repeat(depth)}${object}${"}]".repeat(depth)}`;
      expect(() => parse(text)).toThrow("twice");
    }),
  );
});

test("what is no JSON is refused with where", () => {
  for (const text of ["", "{", '{"a":1,}', "'a'", '{"a":Infinity}', '["\u0000"]', "[1] x", '"']) {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "X_IMAGE_BODY" }));
  }
});

test("64 levels are read, 65 are not", () => {
  expect(parse("[".repeat(64) + "]".repeat(64))).toBeDefined();
  expect(() => parse("[".repeat(65) + "]".repeat(65))).toThrow("levels deep");
});

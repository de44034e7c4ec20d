import { describe, expect, test } from "vitest";
import { fencedBlocks } from "./blocks.ts";
import { prints } from "./printed.ts";

const page = [
  "# A page",
  "```ts no-run root",
  "const a = 1;",
  "```",
  "Words.",
  "```sh",
  "x run",
  "```",
  "",
  "```text",
  "1",
  "```",
  "More words.",
  "```text",
  "not an output",
  "```",
].join("\n");

describe("the blocks of a README", () => {
  test("are found with their language, their words and their line", () => {
    expect(fencedBlocks(page)[0]).toEqual({
      language: "ts",
      words: ["no-run", "root"],
      line: 3,
      text: "const a = 1;\n",
    });
  });

  test("have the text block right behind them as their output", () => {
    expect(fencedBlocks(page).map(({ output }) => output)).toEqual([undefined, "1\n", undefined]);
  });
});

describe("an expected output", () => {
  test.each([
    ["the same lines", "1\n2\n", "1\n2\n"],
    ["no newline at the end", "1", "1\n"],
    ["anything in a line for …", "pid 4711 here\n", "pid … here\n"],
    ["any lines for … alone", "first\nsecond\nthird\nlast\n", "first\n…\nlast\n"],
    ["no line for … alone", "first\nlast\n", "first\n…\nlast\n"],
    ["characters that a pattern would read", "(a+b)*\n", "(a+b)*\n"],
  ])("allows %s", (_, output, expected) => {
    expect(prints(output, expected)).toBe(true);
  });

  test.each([
    ["another line", "1\n", "2\n"],
    ["a line more", "1\n2\n", "1\n"],
    ["a line less", "1\n", "1\n2\n"],
    ["two lines for … in one", "pid\n1\n", "pid …\n"],
  ])("refuses %s", (_, output, expected) => {
    expect(prints(output, expected)).toBe(false);
  });
});

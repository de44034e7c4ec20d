import { expect, test } from "vitest";
import { splitArguments } from "./split-arguments.ts";

const options = { timeout: { type: "string" }, console: { type: "boolean" } } as const;

test.each([
  ["sh -c true --timeout 3", {}, "sh -c true --timeout 3"],
  ["--timeout 5 ls -l", { timeout: "5" }, "ls -l"],
  ["--console -- ls -- x", { console: true }, "ls -- x"],
  ["-- --odd", {}, "--odd"],
  ["--timeout=5", { timeout: "5" }, ""],
])("of `%s` the command keeps its own options", (line, values, rest) => {
  const split = splitArguments(line.split(" "), options);
  expect({ ...split.values }).toEqual(values);
  expect(split.rest.join(" ")).toBe(rest);
});

test("an unknown option is refused by name", () => {
  expect(() => splitArguments(["--tiemout", "5", "ls"], options)).toThrow(/--tiemout/);
});

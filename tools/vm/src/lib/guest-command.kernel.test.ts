import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandScript } from "./guest-command.ts";

const command = {
  argv: ["printf", "%s|", "it's", "$HOME `id`", 'a\n"b"', ""],
  directory: "/",
  env: {},
} as const;

test("arguments and environment arrive as they are", () => {
  const script = commandScript(
    {
      ...command,
      argv: ["sh", "-c", 'printf "%s|" "$X" "$@"', ...command.argv.slice(1)],
      env: { PATH: process.env["PATH"] ?? "", X: "a 'b' $c" },
    },
    "/usr/bin/env",
  );
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  expect(stdout).toBe("a 'b' $c|it's|$HOME `id`|a\n\"b\"||");
});

test("a directory that does not exist ends the command with 125", () => {
  const script = commandScript({ ...command, directory: "/no such" }, "/usr/bin/env");
  expect(spawnSync("sh", ["-c", script]).status).toBe(125);
});

test.each([
  ["a NUL in an argument", { argv: ["echo", "a\0b"] as const }],
  ["a variable without a name", { env: { "": "x" } }],
  ["a variable with = in its name", { env: { "a=b": "x" } }],
  ["a command that env(1) takes for a variable", { argv: ["a=b"] as const }],
  ["a command that env(1) takes for an option", { argv: ["-i"] as const }],
])("%s is refused", (_, wrong) => {
  expect(() => commandScript({ ...command, ...wrong }, "/usr/bin/env")).toThrow(
    expect.objectContaining({ code: "X_VM_BAD_OPTION" }),
  );
});

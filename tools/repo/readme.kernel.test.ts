import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Block, fencedBlocks } from "./readme/blocks.ts";
import { prints } from "./readme/printed.ts";
import { typeErrors } from "./readme/types.ts";

/**
 * The code of every README is a program that runs: a `ts` block is type-checked and run against
 * dist, a `sh` block with an output is run, and what is printed is the `text` block behind it.
 * `no-run` behind the language: type-checked only. `root`: skipped for an ordinary user. `v1`:
 * skipped where the CPU time of groups is not for v1 to limit.
 */
interface Snippet extends Block {
  title: string;
  /** The folder it is run in, which decides what it can import. */
  folder: string;
  file: string;
}

const root = join(import.meta.dirname, "..", "..");
const snippets = ["README.md", "examples/README.md", ...packageReadmes()].flatMap(snippetsOf);
const isHere: Readonly<Record<string, boolean>> = {
  root: process.getuid?.() === 0,
  v1:
    existsSync("/proc/mounts") &&
    /^\S+ \S+ cgroup \S*\bcpu\b/m.test(readFileSync("/proc/mounts", "utf8")),
};
const programs = snippets.filter(({ language }) => language === "ts");
const commands = snippets.filter(
  ({ language, output }) => language === "sh" && output !== undefined,
);

programs.forEach(({ file, text }) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
});
const wrong = typeErrors(
  programs.map(({ file }) => file),
  root,
);

afterAll(() =>
  programs.forEach(({ file }) => rmSync(dirname(file), { recursive: true, force: true })),
);

describe("a program in a README compiles", () => {
  for (const { title, file } of programs) {
    test(title, () => expect(wrong.get(file)).toEqual([]));
  }
});

describe("a program in a README runs", () => {
  const runnable = programs.filter(({ words }) => !words.includes("no-run"));
  testEach(runnable, ({ file }) => [process.execPath, "--import", "tsx", file]);
});

describe("a command in a README prints what it says", () => {
  testEach(commands, ({ text }) => ["bash", "-euc", text]);
});

function testEach(chosen: Snippet[], commandOf: (snippet: Snippet) => [string, ...string[]]): void {
  for (const snippet of chosen) {
    const needs = snippet.words.filter((word) => word in isHere);
    const title = needs.length > 0 ? `${snippet.title} (needs ${needs.join(", ")})` : snippet.title;
    test.skipIf(needs.some((word) => isHere[word] === false))(title, () => {
      expectRun(snippet, commandOf(snippet));
    });
  }
}

function expectRun({ folder, output }: Snippet, [command, ...args]: [string, ...string[]]): void {
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const result = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: path },
    timeout: 60_000,
  });
  expect(result, result.stderr).toMatchObject({ status: 0, signal: null });
  if (output !== undefined) {
    expect(result.stdout).toSatisfy((text: string) => prints(text, output), `prints\n${output}`);
  }
}

function packageReadmes(): string[] {
  const names = readdirSync(join(root, "packages")).map((name) =>
    join("packages", name, "README.md"),
  );
  return names.filter((path) => existsSync(join(root, path)));
}

function snippetsOf(path: string): Snippet[] {
  const folder = dirname(join(root, path));
  return fencedBlocks(readFileSync(join(root, path), "utf8")).map((block) => ({
    ...block,
    title: `${relative(root, join(root, path))}:${block.line}`,
    folder,
    file: join(folder, ".x", `readme-${process.pid}`, `line-${block.line}.ts`),
  }));
}

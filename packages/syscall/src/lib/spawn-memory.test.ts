import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spawnMemory } from "./spawn-memory.ts";
import { InvalidArgumentError } from "./syscall-argument.ts";

const start = 0x7000_0000n;

function strings(bytes: Buffer, list: number): string[] {
  const found: string[] = [];
  for (let at = list; ; at += 8) {
    const pointer = bytes.readBigUInt64LE(at);
    if (pointer === 0n) return found;
    found.push(text(bytes, Number(pointer - start)));
  }
}

const text = (bytes: Buffer, at: number): string =>
  bytes.toString("utf8", at, bytes.indexOf(0, at));

const word = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));

const make =
  (path: string, argv: string[], env: Record<string, string>): (() => unknown) =>
  () =>
    spawnMemory(path, argv, env, () => start);

describe("the memory that posix_spawn reads", () => {
  test("holds the path, the arguments and the environment, each list ended by NULL", () => {
    const name = word.filter((value) => value !== "" && !value.includes("="));
    fc.assert(
      fc.property(word, fc.array(word), fc.dictionary(name, word), (path, argv, env) => {
        const memory = spawnMemory(path, argv, env, () => start);
        expect(text(memory.bytes, memory.path)).toBe(path);
        expect(strings(memory.bytes, memory.argv)).toEqual(argv);
        const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
        expect(strings(memory.bytes, memory.envp)).toEqual(variables);
      }),
    );
  });

  test("refuses text with NUL and names with an equals sign", () => {
    expect(make("/a\0b", [], {})).toThrow(InvalidArgumentError);
    expect(make("/a", ["x\0"], {})).toThrow('execve: "argv" must be text without NUL');
    expect(make("/a", [], { A: "\0" })).toThrow(InvalidArgumentError);
    expect(make("/a", [], { "A=B": "" })).toThrow(InvalidArgumentError);
    expect(make("/a", [], { "": "x" })).toThrow(InvalidArgumentError);
  });
});

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Why C cannot be compiled against the kernel's headers here; undefined where it can. */
export const missingCompiler: string | undefined = find();

function find(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "not Linux on x86-64";
  if (spawnSync("gcc", ["--version"]).status !== 0) return "no gcc";
  return existsSync("/usr/include/linux/mount.h") ? undefined : "no linux-libc-dev";
}

/** One error of the compiler, by line of the source, counted from 1. */
export interface Complaint {
  readonly line: number;
  readonly message: string;
}

/** What the compiler finds wrong with a C source; nothing is linked or run. */
export function complaints(source: string): Complaint[] {
  const { stderr } = gcc(["-fsyntax-only", "-w", "-fmax-errors=0"], source);
  return [...stderr.matchAll(/^<stdin>:(\d+):\d+: error: (.*)$/gm)].map((match) => ({
    line: Number(match[1]),
    message: match[2] ?? "",
  }));
}

/** Every word of a C source after its headers are read, the names of macros among them. */
export function words(source: string): ReadonlySet<string> {
  return new Set(gcc(["-E", "-dD"], source).stdout.match(/\w+/g));
}

/** The macros that are defined at the end of a C source. */
export function macros(source: string): ReadonlyMap<string, string> {
  const { stdout } = gcc(["-E", "-dM"], source);
  return new Map(
    [...stdout.matchAll(/^#define (\w+) (.+)$/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}

function gcc(options: string[], input: string): { stdout: string; stderr: string } {
  const { stdout, stderr, error } = spawnSync("gcc", [...options, "-x", "c", "-"], {
    input: `${input}\n`,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { stdout, stderr };
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Arch } from "@x/syscall";
import { arm64 } from "../lib/compile/arm64.ts";
import type { Assembler } from "../lib/compile/assembler.ts";
import { x64 } from "../lib/compile/x64.ts";

const addresses = { data: 0x400000, text: 0x2000000, bss: 0x4000000 };

const tools: Record<Arch, { make: typeof x64; objdump: string; flags: string[] }> = {
  x64: { make: x64, objdump: "objdump", flags: ["-m", "i386:x86-64", "-M", "intel"] },
  arm64: { make: arm64, objdump: "aarch64-linux-gnu-objdump", flags: ["-m", "aarch64"] },
};

/** What a disassembler makes of emitted code: one instruction a line, blanks made single. */
function disassemble(arch: Arch, emit: (asm: Assembler) => void): string[] {
  const { make, objdump, flags } = tools[arch];
  const asm = make(addresses);
  emit(asm);
  const folder = mkdtempSync(join(tmpdir(), "x-asm-"));
  try {
    const file = join(folder, "code");
    writeFileSync(file, asm.code());
    const args = ["-D", "-b", "binary", ...flags, "--no-show-raw-insn", file];
    const output = execFileSync(objdump, args, { encoding: "latin1" });
    return output
      .split("\n")
      .flatMap((line) => /^\s+[0-9a-f]+:\s+(.*)$/.exec(line)?.[1] ?? [])
      .map((text) =>
        text
          .replace(/\s*\/\/.*$/, "")
          .replace(/\s+/g, " ")
          .trim(),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function available(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What is emitted, and what a disassembler must make of it. */
export type Case = [what: string, emit: (asm: Assembler) => void, expected: string[]];

/** Tests an encoder against the disassembler of the binutils. */
export function compare(arch: Arch, cases: Case[]): void {
  const { objdump } = tools[arch];
  const there = available(objdump);
  const reason = there ? "" : ` (skipped: ${objdump} is not installed)`;
  describe.skipIf(!there)(`the ${arch} encoder agrees with objdump${reason}`, () => {
    test.each(cases)("%s", (_, emit, expected) => {
      expect(disassemble(arch, emit)).toEqual(expected);
    });
  });
}

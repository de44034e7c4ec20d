import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Arch } from "@x/syscall";
import { arm64 } from "./arm64.ts";
import type { Assembler, Label } from "./assembler.ts";
import { x64 } from "./x64.ts";

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

type Case = [what: string, emit: (asm: Assembler) => void, expected: string[]];

function compare(arch: Arch, cases: Case[]): void {
  const { objdump } = tools[arch];
  const there = available(objdump);
  const reason = there ? "" : ` (skipped: ${objdump} is not installed)`;
  describe.skipIf(!there)(`the ${arch} encoder agrees with objdump${reason}`, () => {
    test.each(cases)("%s", (_, emit, expected) => {
      expect(disassemble(arch, emit)).toEqual(expected);
    });
  });
}

compare("x64", [
  ["zero", (a) => (a.li("a0", 0n), a.li("a3", 0n)), ["xor edi,edi", "xor r10d,r10d"]],
  [
    "a small constant",
    (a) => (a.li("a1", 5n), a.li("a4", -1n)),
    ["push 0x5", "pop rsi", "push 0xffffffffffffffff", "pop r8"],
  ],
  [
    "32 bits",
    (a) => (a.li("nr", 0xdeadbeefn), a.li("a5", 0x80n)),
    ["mov eax,0xdeadbeef", "mov r9d,0x80"],
  ],
  ["a negative constant", (a) => a.li("a2", -1000n), ["mov rdx,0xfffffffffffffc18"]],
  ["64 bits", (a) => a.li("t3", 0x1122334455667788n), ["movabs r15,0x1122334455667788"]],
  [
    "all ones of 64 bits",
    (a) => a.li("a0", 0xffffffffffffffffn),
    ["push 0xffffffffffffffff", "pop rdi"],
  ],
  [
    "addresses",
    (a) => (a.data("a0", 16), a.bss("a1", 8), a.bss("t1", 1000), a.start()),
    ["mov edi,0x400010", "lea rsi,[rbx-0x78]", "lea r13,[rbx+0x368]", "mov ebx,0x4000080"],
  ],
  [
    "a move",
    (a) => (a.mov("a0", "t0"), a.mov("t2", "ret"), a.mov("ret", "nr")),
    ["mov rdi,rbp", "mov r14,rax"],
  ],
  [
    "loads",
    (a) => (
      a.load("a0", "base", 0, 8),
      a.load("t1", "base", 300, 4),
      a.load("a2", "a1", 0, 1),
      a.load("t0", "t0", 6, 2)
    ),
    [
      "mov rdi,QWORD PTR [rbx-0x80]",
      "mov r13d,DWORD PTR [rbx+0xac]",
      "movzx edx,BYTE PTR [rsi+0x0]",
      "movzx ebp,WORD PTR [rbp+0x6]",
    ],
  ],
  [
    "stores",
    (a) => (
      a.store("ret", "base", 8, 8),
      a.store("t0", "base", -8, 4),
      a.store("a1", "t0", 0, 1),
      a.store("t2", "base", 2, 2)
    ),
    [
      "mov QWORD PTR [rbx-0x78],rax",
      "mov DWORD PTR [rbx-0x88],ebp",
      "mov BYTE PTR [rbp+0x0],sil",
      "mov WORD PTR [rbx-0x7e],r14w",
    ],
  ],
  ["a base of r12", (a) => a.load("a0", "index", 8, 8), ["mov rdi,QWORD PTR [r12+0x8]"]],
  [
    "arithmetic",
    (a) => (
      a.add("index", 1),
      a.add("t1", 1000),
      a.add("t2", "ret"),
      a.and("t2", 0xff),
      a.shiftRight("t0", 8)
    ),
    ["add r12,0x1", "add r13,0x3e8", "add r14,rax", "and r14,0xff", "shr rbp,0x8"],
  ],
  [
    "a division",
    (a) => a.divide10("t1", "t3"),
    ["mov rax,r13", "xor edx,edx", "push 0xa", "pop rcx", "div rcx", "mov r13,rax", "mov r15,rdx"],
  ],
  [
    "a call and what it returns to",
    (a) => {
      const l: Label = {};
      a.call(l);
      a.syscall();
      a.bind(l);
      a.ret();
    },
    ["call 0x7", "syscall", "ret"],
  ],
  [
    "branches",
    (a) => {
      const l: Label = {};
      a.bind(l);
      a.branch("ne", "ret", 0, l);
      a.branch("le", "t1", "t2", l);
      a.branchError(l);
      a.jump(l);
    },
    [
      "cmp rax,0x0",
      "jne 0x0",
      "cmp r13,r14",
      "jle 0x0",
      "cmp rax,0xfffffffffffff001",
      "jae 0x0",
      "jmp 0x0",
    ],
  ],
]);

compare("arm64", [
  [
    "zero and small constants",
    (a) => (a.li("a0", 0n), a.li("a1", 5n), a.li("a2", -1n)),
    ["mov x0, #0x0", "mov x1, #0x5", "mov x2, #0xffffffffffffffff"],
  ],
  ["32 bits", (a) => a.li("nr", 0xdeadbeefn), ["mov x8, #0xbeef", "movk x8, #0xdead, lsl #16"]],
  [
    "a negative constant",
    (a) => a.li("a2", -100000n),
    ["mov x2, #0xffffffffffff7960", "movk x2, #0xfffe, lsl #16"],
  ],
  [
    "64 bits",
    (a) => a.li("t3", 0x1122334455667788n),
    [
      "mov x24, #0x7788",
      "movk x24, #0x5566, lsl #16",
      "movk x24, #0x3344, lsl #32",
      "movk x24, #0x1122, lsl #48",
    ],
  ],
  [
    "addresses",
    (a) => (a.data("a0", 16), a.data("a1", 0x12345), a.bss("a2", 8), a.start()),
    [
      "add x0, x25, #0x10",
      "add x1, x25, #0x12, lsl #12",
      "add x1, x1, #0x345",
      "add x2, x19, #0x8",
      "mov x19, #0x4000000",
      "mov x25, #0x400000",
    ],
  ],
  ["a move", (a) => (a.mov("a0", "t0"), a.mov("ret", "a0")), ["mov x0, x21"]],
  [
    "loads",
    (a) => (
      a.load("a0", "base", 0, 8),
      a.load("t1", "base", 300, 4),
      a.load("a2", "a1", 0, 1),
      a.load("t0", "t0", 6, 2)
    ),
    ["ldr x0, [x19]", "ldr w22, [x19, #300]", "ldrb w2, [x1]", "ldrh w21, [x21, #6]"],
  ],
  [
    "stores",
    (a) => (
      a.store("ret", "base", 8, 8),
      a.store("t0", "base", -8, 4),
      a.store("a1", "t0", 0, 1),
      a.store("t2", "base", 2, 2)
    ),
    [
      "str x0, [x19, #8]",
      "sub x17, x19, #0x8",
      "str w21, [x17]",
      "strb w1, [x21]",
      "strh w23, [x19, #2]",
    ],
  ],
  [
    "far memory",
    (a) => a.load("a0", "base", 0x9000, 8),
    ["add x17, x19, #0x9, lsl #12", "ldr x0, [x17]"],
  ],
  [
    "arithmetic",
    (a) => (
      a.add("index", 1),
      a.add("t2", -1),
      a.add("t2", "ret"),
      a.and("t2", 0xff),
      a.shiftRight("t0", 8)
    ),
    [
      "add x20, x20, #0x1",
      "sub x23, x23, #0x1",
      "add x23, x23, x0",
      "mov x16, #0xff",
      "and x23, x23, x16",
      "lsr x21, x21, #8",
    ],
  ],
  [
    "a division",
    (a) => a.divide10("t1", "t3"),
    ["mov x16, #0xa", "udiv x17, x22, x16", "msub x24, x17, x16, x22", "mov x22, x17"],
  ],
  [
    "a call and what it returns to",
    (a) => {
      const l: Label = {};
      a.call(l);
      a.syscall();
      a.bind(l);
      a.link("t3");
      a.ret();
      a.ret("t3");
    },
    ["bl 0x8", "svc #0x0", "mov x24, x30", "ret", "ret x24"],
  ],
  [
    "branches",
    (a) => {
      const l: Label = {};
      a.bind(l);
      a.branch("ne", "ret", 0, l);
      a.branch("eq", "ret", -2, l);
      a.branch("le", "t1", "t2", l);
      a.branch("ge", "t1", 5000, l);
      a.branchError(l);
      a.jump(l);
    },
    [
      "cmp x0, #0x0",
      "b.ne 0x0",
      "cmn x0, #0x2",
      "b.eq 0x0",
      "cmp x22, x23",
      "b.le 0x0",
      "mov x16, #0x1388",
      "cmp x22, x16",
      "b.ge 0x0",
      "cmn x0, #0xfff",
      "b.cs 0x0",
      "b 0x0",
    ],
  ],
]);

import { compare } from "../../testing/disassemble.ts";
import type { Label } from "./assembler.ts";

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
  ["a negation", (a) => a.negate("t2"), ["neg r14"]],
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

import { compare } from "../../testing/disassemble.ts";
import type { Label } from "./assembler.ts";

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
  ["a negation", (a) => a.negate("t2"), ["neg x23, x23"]],
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

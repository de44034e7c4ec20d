import { boundAt } from "./assembler.ts";
import type { Addresses, Assembler, Condition, Jump, Label, Register } from "./assembler.ts";

const RAX = 0;
const RCX = 1;
const RDX = 2;

// System call arguments as in syscall(2); the others are registers the kernel leaves alone.
const registers: Record<Register, number> = {
  a0: 7, // rdi
  a1: 6, // rsi
  a2: RDX,
  a3: 10,
  a4: 8,
  a5: 9,
  nr: RAX,
  ret: RAX,
  base: 3, // rbx
  index: 12,
  t0: 5, // rbp
  t1: 13,
  t2: 14,
  t3: 15,
};

/** `base` points into the memory, so that a displacement of one byte reaches 256 bytes of it. */
const BIAS = 128;

const jcc: Record<Condition, number> = { eq: 0x84, ne: 0x85, lt: 0x8c, ge: 0x8d, le: 0x8e };

/** x86-64 instructions (Intel SDM volume 2). Small constants take the short `push; pop` form. */
export function x64(addresses: Addresses): Assembler {
  const bytes: number[] = [];
  const jumps: Jump[] = [];

  const imm32 = (value: number): void => {
    bytes.push(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff);
  };
  const rex = (wide: boolean, reg: number, rm: number, always = false): void => {
    const prefix = 0x40 | (wide ? 8 : 0) | (reg >= 8 ? 4 : 0) | (rm >= 8 ? 1 : 0);
    if (prefix !== 0x40 || always) bytes.push(prefix);
  };
  const direct = (reg: number, rm: number): void => {
    bytes.push(0xc0 | ((reg & 7) << 3) | (rm & 7));
  };
  const indirect = (reg: number, base: number, offset: number): void => {
    const short = offset >= -128 && offset <= 127;
    bytes.push((short ? 0x40 : 0x80) | ((reg & 7) << 3) | (base & 7));
    if ((base & 7) === 4) bytes.push(0x24);
    if (short) bytes.push(offset & 0xff);
    else imm32(offset);
  };
  /** add, and, cmp with a constant: opcode 83 or 81, told apart by `digit`. */
  const withConstant = (digit: number, reg: number, value: number): void => {
    const short = value >= -128 && value <= 127;
    rex(true, 0, reg);
    bytes.push(short ? 0x83 : 0x81);
    direct(digit, reg);
    if (short) bytes.push(value & 0xff);
    else imm32(value);
  };
  const jumpTo = (to: Label): void => {
    jumps.push({ at: bytes.length, to });
    imm32(0);
  };

  const constant = (r: number, value: number | bigint): void => {
    const signed = typeof value === "number" ? value : BigInt.asIntN(64, value);
    if (signed < -0x80000000 || signed > 0xffffffff) return constant64(r, BigInt(signed));
    const word = Number(signed);
    if (word === 0) {
      rex(false, r, r);
      bytes.push(0x31);
      direct(r, r);
    } else if (word >= -128 && word <= 127) {
      bytes.push(0x6a, word & 0xff);
      rex(false, 0, r);
      bytes.push(0x58 | (r & 7));
    } else if (word > 0) {
      rex(false, 0, r);
      bytes.push(0xb8 | (r & 7));
      imm32(word);
    } else {
      rex(true, 0, r);
      bytes.push(0xc7);
      direct(0, r);
      imm32(word);
    }
  };
  const constant64 = (r: number, value: bigint): void => {
    rex(true, 0, r);
    bytes.push(0xb8 | (r & 7));
    imm32(Number(BigInt.asIntN(32, value)));
    imm32(Number(BigInt.asIntN(32, value >> 32n)));
  };
  const move = (to: number, from: number): void => {
    if (to === from) return;
    rex(true, from, to);
    bytes.push(0x89);
    direct(from, to);
  };

  const call = (to: Label): void => {
    bytes.push(0xe8);
    jumpTo(to);
  };

  return {
    code() {
      const code = new Uint8Array(bytes);
      const view = new DataView(code.buffer);
      for (const { at, to } of jumps) view.setInt32(at, boundAt(to) - (at + 4), true);
      return code;
    },
    bind(label) {
      label.at = bytes.length;
    },
    li: (to, value) => constant(registers[to], value),
    data: (to, offset) => constant(registers[to], addresses.data + offset),
    bss(to, offset) {
      rex(true, registers[to], registers.base);
      bytes.push(0x8d);
      indirect(registers[to], registers.base, offset - BIAS);
    },
    start: () => constant(registers.base, addresses.bss + BIAS),
    mov: (to, from) => move(registers[to], registers[from]),
    load(to, base, offset, width) {
      const [reg, rm] = [registers[to], registers[base]];
      rex(width === 8, reg, rm);
      if (width >= 4) bytes.push(0x8b);
      else bytes.push(0x0f, width === 2 ? 0xb7 : 0xb6);
      indirect(reg, rm, base === "base" ? offset - BIAS : offset);
    },
    store(from, base, offset, width) {
      const [reg, rm] = [registers[from], registers[base]];
      if (width === 2) bytes.push(0x66);
      rex(width === 8, reg, rm, width === 1);
      bytes.push(width === 1 ? 0x88 : 0x89);
      indirect(reg, rm, base === "base" ? offset - BIAS : offset);
    },
    add(to, value) {
      if (typeof value === "number") return withConstant(0, registers[to], value);
      rex(true, registers[value], registers[to]);
      bytes.push(0x01);
      direct(registers[value], registers[to]);
    },
    and: (to, mask) => withConstant(4, registers[to], mask),
    negate(to) {
      rex(true, 0, registers[to]);
      bytes.push(0xf7);
      direct(3, registers[to]);
    },
    shiftRight(to, bits) {
      rex(true, 0, registers[to]);
      bytes.push(0xc1);
      direct(5, registers[to]);
      bytes.push(bits);
    },
    divide10(value, remainder) {
      move(RAX, registers[value]);
      constant(RDX, 0);
      constant(RCX, 10);
      bytes.push(0x48, 0xf7);
      direct(6, RCX); // div rcx: rax ← rdx:rax / rcx, rdx ← the rest
      move(registers[value], RAX);
      move(registers[remainder], RDX);
    },
    jump(to) {
      bytes.push(0xe9);
      jumpTo(to);
    },
    branch(condition, left, right, to) {
      if (typeof right === "number") withConstant(7, registers[left], right);
      else {
        rex(true, registers[right], registers[left]);
        bytes.push(0x39);
        direct(registers[right], registers[left]);
      }
      bytes.push(0x0f, jcc[condition]);
      jumpTo(to);
    },
    branchError(to) {
      withConstant(7, RAX, -4095);
      bytes.push(0x0f, 0x83); // jae: unsigned, so that only -4095 … -1 pass
      jumpTo(to);
    },
    call,
    callSys: call,
    link: () => {}, // the return address is on the stack
    ret: () => bytes.push(0xc3),
    syscall: () => bytes.push(0x0f, 0x05),
  };
}

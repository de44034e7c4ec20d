import { boundAt } from "./assembler.ts";
import type { Addresses, Assembler, Condition, Jump, Label, Register } from "./assembler.ts";

const LINK = 30;
const ZERO = 31;
const SCRATCH = 16;
const SCRATCH2 = 17;
/** Holds the address of the read-only data, so that most strings are one instruction away. */
const DATA = 25;

// System call arguments as in syscall(2); the others are registers the kernel leaves alone.
const registers: Record<Register, number> = {
  a0: 0,
  a1: 1,
  a2: 2,
  a3: 3,
  a4: 4,
  a5: 5,
  nr: 8,
  ret: 0,
  base: 19,
  index: 20,
  t0: 21,
  t1: 22,
  t2: 23,
  t3: 24,
};

const conditions: Record<Condition, number> = { eq: 0, ne: 1, lt: 11, ge: 10, le: 13 };
const UNSIGNED_GE = 2;

/** AArch64 instructions (Arm Architecture Reference Manual, C6.2). Every one has 32 bits. */
export function arm64(addresses: Addresses): Assembler {
  const words: number[] = [];
  /** Jumps with the width of their distance field and its place in the word. */
  const jumps: (Jump & { readonly bits: 19 | 26 })[] = [];

  const emit = (word: number): void => void words.push(word >>> 0);
  const three = (op: number, d: number, n: number, m: number): void =>
    emit(op | (m << 16) | (n << 5) | d);
  const jumpTo = (op: number, bits: 19 | 26, to: Label): void => {
    jumps.push({ at: words.length, to, bits });
    emit(op);
  };

  /** The shortest of movz/movn + movk that makes the constant. */
  const constant = (r: number, value: number | bigint): void => {
    const unsigned = BigInt.asUintN(64, BigInt(value));
    const parts = [0, 1, 2, 3].map((i) => Number((unsigned >> BigInt(16 * i)) & 0xffffn));
    const ones = parts.filter((part) => part === 0xffff).length;
    const zeros = parts.filter((part) => part === 0).length;
    const inverted = ones > zeros;
    const skip = inverted ? 0xffff : 0;
    const rest = parts.flatMap((part, i) => (part === skip ? [] : [i]));
    const first = rest.shift() ?? 0;
    const start = inverted ? parts[first]! ^ 0xffff : parts[first]!;
    emit((inverted ? 0x92800000 : 0xd2800000) | (first << 21) | (start << 5) | r);
    for (const i of rest) emit(0xf2800000 | (i << 21) | (parts[i]! << 5) | r);
  };
  /** d ← n + value, for any value that fits 24 bits; through a scratch register otherwise. */
  const addConstant = (d: number, n: number, value: number): void => {
    const size = Math.abs(value);
    const op = value < 0 ? 0xd1000000 : 0x91000000;
    if (size < 1 << 12) emit(op | (size << 10) | (n << 5) | d);
    else if (size < 1 << 24) {
      emit(op | 0x400000 | ((size >> 12) << 10) | (n << 5) | d);
      if (size & 0xfff) emit(op | ((size & 0xfff) << 10) | (d << 5) | d);
    } else {
      constant(SCRATCH, value);
      three(0x8b000000, d, n, SCRATCH);
    }
  };
  const move = (d: number, s: number): void => {
    if (d !== s) three(0xaa000000, d, ZERO, s);
  };
  const access = (
    ops: Record<number, number>,
    r: number,
    base: number,
    offset: number,
    width: number,
  ): void => {
    const scaled = offset / width;
    if (Number.isInteger(scaled) && scaled >= 0 && scaled < 4096) {
      emit(ops[width]! | (scaled << 10) | (base << 5) | r);
    } else {
      addConstant(SCRATCH2, base, offset);
      emit(ops[width]! | (SCRATCH2 << 5) | r);
    }
  };
  const compare = (left: number, right: number): void => {
    if (right >= 0 && right < 4096) emit(0xf1000000 | (right << 10) | (left << 5) | ZERO);
    else if (right < 0 && right > -4096) emit(0xb1000000 | (-right << 10) | (left << 5) | ZERO);
    else {
      constant(SCRATCH, right);
      three(0xeb000000, ZERO, left, SCRATCH);
    }
  };

  return {
    code() {
      const view = new DataView(new ArrayBuffer(words.length * 4));
      words.forEach((word, i) => view.setUint32(i * 4, word, true));
      for (const { at, to, bits } of jumps) {
        const distance = boundAt(to) - at;
        if (Math.abs(distance) >= 2 ** (bits - 1)) throw new RangeError("the plan is too long");
        const field = bits === 26 ? distance & 0x3ffffff : (distance & 0x7ffff) << 5;
        view.setUint32(at * 4, (words[at]! | field) >>> 0, true);
      }
      return new Uint8Array(view.buffer);
    },
    bind(label) {
      label.at = words.length;
    },
    li: (to, value) => constant(registers[to], value),
    data(to, offset) {
      addConstant(registers[to], DATA, offset);
    },
    bss(to, offset) {
      addConstant(registers[to], registers.base, offset);
    },
    start() {
      constant(registers.base, addresses.bss);
      constant(DATA, addresses.data);
    },
    mov: (to, from) => move(registers[to], registers[from]),
    load: (to, base, offset, width) => access(loads, registers[to], registers[base], offset, width),
    store: (from, base, offset, width) =>
      access(stores, registers[from], registers[base], offset, width),
    add(to, value) {
      if (typeof value === "number") addConstant(registers[to], registers[to], value);
      else three(0x8b000000, registers[to], registers[to], registers[value]);
    },
    and(to, mask) {
      constant(SCRATCH, mask);
      three(0x8a000000, registers[to], registers[to], SCRATCH);
    },
    negate: (to) => three(0xcb000000, registers[to], ZERO, registers[to]),
    shiftRight: (to, bits) =>
      emit(0xd340fc00 | (bits << 16) | (registers[to] << 5) | registers[to]),
    divide10(value, remainder) {
      const v = registers[value];
      constant(SCRATCH, 10);
      three(0x9ac00800, SCRATCH2, v, SCRATCH); // udiv
      emit(0x9b008000 | (SCRATCH << 16) | (v << 10) | (SCRATCH2 << 5) | registers[remainder]); // msub
      move(v, SCRATCH2);
    },
    jump: (to) => jumpTo(0x14000000, 26, to),
    branch(condition, left, right, to) {
      if (typeof right === "number") compare(registers[left], right);
      else three(0xeb000000, ZERO, registers[left], registers[right]);
      jumpTo(0x54000000 | conditions[condition], 19, to);
    },
    branchError(to) {
      compare(registers.ret, -4095);
      jumpTo(0x54000000 | UNSIGNED_GE, 19, to);
    },
    call: (to) => jumpTo(0x94000000, 26, to),
    callSys: (to) => jumpTo(0x94000000, 26, to),
    link: (to) => move(registers[to], LINK),
    ret: (link) => emit(0xd65f0000 | ((link === undefined ? LINK : registers[link]) << 5)),
    syscall: () => emit(0xd4000001),
  };
}

const loads: Record<number, number> = {
  1: 0x39400000,
  2: 0x79400000,
  4: 0xb9400000,
  8: 0xf9400000,
};
const stores: Record<number, number> = {
  1: 0x39000000,
  2: 0x79000000,
  4: 0xb9000000,
  8: 0xf9000000,
};

import {
  BPF_ALU64,
  BPF_AND,
  BPF_EXIT,
  BPF_H,
  BPF_JEQ,
  BPF_JMP,
  BPF_JNE,
  BPF_K,
  BPF_LDX,
  BPF_MEM,
  BPF_MOV,
  BPF_W,
  BPF_X,
} from "@x/syscall";
import type { Instruction } from "./instruction.ts";

/** Where something is in the memory that a register points to. */
export interface ContextField {
  readonly offset: number;
  readonly bytes: 2 | 4;
}

/** `dst = *(u32 *)(src + offset)`, or `u16` */
export function load(dst: number, src: number, { offset, bytes }: ContextField): Instruction {
  const size = bytes === 2 ? BPF_H : BPF_W;
  return { code: BPF_LDX | BPF_MEM | size, dst, src, off: offset, imm: 0 };
}

/** `dst = src` */
export function copy(dst: number, src: number): Instruction {
  return { code: BPF_ALU64 | BPF_MOV | BPF_X, dst, src, off: 0, imm: 0 };
}

/** `dst = value` */
export function set(dst: number, value: number): Instruction {
  return { code: BPF_ALU64 | BPF_MOV | BPF_K, dst, src: 0, off: 0, imm: value };
}

/** `dst &= mask`; the mask's sign is extended to 64 bits. */
export function and(dst: number, mask: number): Instruction {
  return { code: BPF_ALU64 | BPF_AND | BPF_K, dst, src: 0, off: 0, imm: mask };
}

/** Leaves out the next `count` instructions if `dst` is `value`. */
export function skipIfEqual(dst: number, value: number, count: number): Instruction {
  return { code: BPF_JMP | BPF_JEQ | BPF_K, dst, src: 0, off: count, imm: value };
}

/** Leaves out the next `count` instructions unless `dst` is `value`. */
export function skipUnlessEqual(dst: number, value: number, count: number): Instruction {
  return { code: BPF_JMP | BPF_JNE | BPF_K, dst, src: 0, off: count, imm: value };
}

/** Ends the program; its answer is in register 0. */
export const exit: Instruction = { code: BPF_JMP | BPF_EXIT, dst: 0, src: 0, off: 0, imm: 0 };

import {
  BPF_ALU64,
  BPF_AND,
  BPF_EXIT,
  BPF_H,
  BPF_JEQ,
  BPF_JMP,
  BPF_JNE,
  BPF_LDX,
  BPF_MEM,
  BPF_MOV,
  BPF_W,
  BPF_X,
} from "@x/syscall";
import type { Instruction } from "./instruction.ts";

/** A program in words, one line for each instruction; those it does not know are in hexadecimal. */
export function listing(instructions: readonly Instruction[]): string {
  const digits = String(Math.max(0, instructions.length - 1)).length;
  return instructions
    .map((instruction, at) => `${String(at).padStart(digits)}  ${line(instruction, at)}`)
    .join("\n");
}

type Writer = (instruction: Instruction, at: number) => string;

const writers: Readonly<Record<number, Writer>> = {
  [BPF_LDX | BPF_MEM | BPF_H]: ({ dst, src, off }) => `r${dst} = *(u16 *)(r${src} + ${off})`,
  [BPF_LDX | BPF_MEM | BPF_W]: ({ dst, src, off }) => `r${dst} = *(u32 *)(r${src} + ${off})`,
  [BPF_ALU64 | BPF_MOV | BPF_X]: ({ dst, src }) => `r${dst} = r${src}`,
  [BPF_ALU64 | BPF_MOV]: ({ dst, imm }) => `r${dst} = ${imm}`,
  [BPF_ALU64 | BPF_AND]: ({ dst, imm }) => `r${dst} &= ${imm < 0 ? `~${~imm}` : imm}`,
  [BPF_JMP | BPF_JEQ]: ({ dst, imm, off }, at) => `if r${dst} == ${imm} goto ${at + 1 + off}`,
  [BPF_JMP | BPF_JNE]: ({ dst, imm, off }, at) => `if r${dst} != ${imm} goto ${at + 1 + off}`,
  [BPF_JMP | BPF_EXIT]: () => "exit",
};

function line(instruction: Instruction, at: number): string {
  const { code, dst, src, off, imm } = instruction;
  const writer = writers[code];
  if (writer !== undefined) return writer(instruction, at);
  return `code 0x${code.toString(16)} dst ${dst} src ${src} off ${off} imm ${imm}`;
}

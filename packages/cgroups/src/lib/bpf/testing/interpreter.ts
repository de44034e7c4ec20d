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
import { accessMask, deviceTypes } from "../device-access.ts";
import type { DeviceAccess } from "../device-access.ts";
import { encode } from "../instruction.ts";
import type { Instruction } from "../instruction.ts";

/**
 * What a program answers to an access. It reads the bytes that the kernel would, and knows registers
 * of 64 bits, the rule that jumps go forward, and no more instructions than device programs have.
 */
export function run(program: readonly Instruction[], wanted: DeviceAccess): bigint {
  const code = new DataView(Uint8Array.from(encode(program)).buffer);
  const memory = contextOf(wanted);
  const registers = new BigUint64Array(11);
  for (let at = 0; at * 8 < code.byteLength; at++) {
    const operation = code.getUint8(at * 8);
    const dst = code.getUint8(at * 8 + 1) & 0xf;
    const src = code.getUint8(at * 8 + 1) >> 4;
    const off = code.getInt16(at * 8 + 2, true);
    const imm = BigInt.asUintN(64, BigInt(code.getInt32(at * 8 + 4, true)));
    const left = registers[dst] ?? 0n;
    if (operation === (BPF_LDX | BPF_MEM | BPF_W)) {
      registers[dst] = BigInt(memory.getUint32(off, true));
    } else if (operation === (BPF_LDX | BPF_MEM | BPF_H)) {
      registers[dst] = BigInt(memory.getUint16(off, true));
    } else if (operation === (BPF_ALU64 | BPF_MOV | BPF_X)) {
      registers[dst] = registers[src] ?? 0n;
    } else if (operation === (BPF_ALU64 | BPF_MOV)) {
      registers[dst] = imm;
    } else if (operation === (BPF_ALU64 | BPF_AND)) {
      registers[dst] = left & imm;
    } else if (operation === (BPF_JMP | BPF_JEQ)) {
      if (left === imm) at += off;
    } else if (operation === (BPF_JMP | BPF_JNE)) {
      if (left !== imm) at += off;
    } else if (operation === (BPF_JMP | BPF_EXIT)) {
      return registers[0] ?? 0n;
    } else {
      throw new Error(`instruction ${at} has the unknown code ${operation}`);
    }
  }
  throw new Error("the program goes on behind its end");
}

/** `struct bpf_cgroup_dev_ctx` of linux/bpf.h */
function contextOf({ type, major, minor, access }: DeviceAccess): DataView {
  const context = new DataView(new ArrayBuffer(12));
  context.setUint32(0, (accessMask(access) << 16) | deviceTypes[type], true);
  context.setUint32(4, major, true);
  context.setUint32(8, minor, true);
  return context;
}

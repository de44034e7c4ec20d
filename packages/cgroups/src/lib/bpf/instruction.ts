import { layouts, pack } from "@x/syscall";

/** One instruction of eBPF: Documentation/bpf/standardization/instruction-set.rst. */
export interface Instruction {
  readonly code: number;
  /** The register that is written, or compared. */
  readonly dst: number;
  readonly src: number;
  /** How many instructions a jump leaves out, or where in memory a load reads. */
  readonly off: number;
  readonly imm: number;
}

/** The instructions as the kernel reads them, 8 bytes each. */
export function encode(instructions: readonly Instruction[]): Uint8Array {
  return Buffer.concat(
    instructions.map(({ code, dst, src, off, imm }) =>
      pack(layouts.bpf_insn, { code, registers: (src << 4) | dst, off, imm }),
    ),
  );
}

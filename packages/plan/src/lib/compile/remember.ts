import type { Arch } from "@x/syscall";
import type { Assembler, Register } from "./assembler.ts";

/** Registers of ours that are one register of the CPU. */
const aliases: Record<Arch, Partial<Record<Register, Register>>> = {
  x64: { nr: "ret", ret: "nr" },
  arm64: { a0: "ret", ret: "a0" },
};

/**
 * An assembler that leaves out what loads a register with what it holds already. The kernel gives
 * every register back as it was, but for the result: two calls in a row that share arguments are
 * the rule in a plan, and a third of its code is saved.
 */
export function remembering(arch: Arch, asm: Assembler): Assembler {
  /** What a register is known to hold, in straight-line code. */
  const known = new Map<Register, string>();

  const spoil = (register: Register): void => {
    known.delete(register);
    const alias = aliases[arch][register];
    if (alias !== undefined) known.delete(alias);
  };
  const learn = (register: Register, content: string, emit: () => void): void => {
    if (known.get(register) === content) return;
    emit();
    spoil(register);
    known.set(register, content);
  };

  return {
    ...asm,
    bind(label) {
      known.clear();
      asm.bind(label);
    },
    li: (to, value) => learn(to, `${BigInt.asUintN(64, value)}`, () => asm.li(to, value)),
    data: (to, offset) => learn(to, `data ${offset}`, () => asm.data(to, offset)),
    bss: (to, offset) => learn(to, `bss ${offset}`, () => asm.bss(to, offset)),
    load(to, base, offset, bytes) {
      const emit = (): void => asm.load(to, base, offset, bytes);
      if (base === "base") return learn(to, `load ${offset} ${bytes}`, emit);
      emit();
      spoil(to);
    },
    store(from, base, offset, bytes) {
      asm.store(from, base, offset, bytes);
      for (const [register, content] of known) {
        if (content.startsWith("load")) known.delete(register);
      }
    },
    mov(to, from) {
      asm.mov(to, from);
      spoil(to);
    },
    add(to, value) {
      asm.add(to, value);
      spoil(to);
    },
    and(to, mask) {
      asm.and(to, mask);
      spoil(to);
    },
    shiftRight(to, bits) {
      asm.shiftRight(to, bits);
      spoil(to);
    },
    divide10(value, remainder) {
      asm.divide10(value, remainder);
      known.clear();
    },
    call(to) {
      asm.call(to);
      known.clear();
    },
    callSys(to) {
      asm.callSys(to);
      for (const register of ["ret", "t0", "t1", "t2", "t3"] as const) spoil(register);
    },
    syscall() {
      asm.syscall();
      known.clear();
    },
  };
}

import type { Arch } from "@x/syscall";
import type { Addresses, Assembler, Register } from "./assembler.ts";

/** The register of ours that is the same one of the CPU as `ret`. */
const sameAsRet: Record<Arch, Register> = { x64: "nr", arm64: "a0" };

/** A number, addresses among them; or in words which memory it comes from. */
type Content = number | bigint | string;

/**
 * An assembler that leaves out what loads a register with what it holds already. The kernel gives
 * every register back as it was, but for the result: two calls in a row that share arguments are
 * the rule in a plan, and a third of its code is saved.
 */
export function remembering(arch: Arch, addresses: Addresses, asm: Assembler): Assembler {
  /** What a register is known to hold, in straight-line code. */
  const known = new Map<Register, Content | undefined>();
  const same = sameAsRet[arch];

  const spoil = (register: Register): void => {
    known.set(register, undefined);
    if (register === "ret") known.set(same, undefined);
    else if (register === same) known.set("ret", undefined);
  };
  const spoilAll = (): void => {
    for (const register of known.keys()) known.set(register, undefined);
  };
  /** Whether the register must be loaded; from then on it holds that. */
  const learns = (register: Register, content: Content): boolean => {
    if (known.get(register) === content) return false;
    spoil(register);
    known.set(register, content);
    return true;
  };

  return {
    ...asm,
    bind(label) {
      spoilAll();
      asm.bind(label);
    },
    li(to, value) {
      if (learns(to, value)) asm.li(to, value);
    },
    data(to, offset) {
      if (learns(to, addresses.data + offset)) asm.data(to, offset);
    },
    bss(to, offset) {
      if (learns(to, addresses.bss + offset)) asm.bss(to, offset);
    },
    load(to, base, offset, bytes) {
      if (base !== "base") spoil(to);
      else if (!learns(to, `load ${offset} ${bytes}`)) return;
      asm.load(to, base, offset, bytes);
    },
    store(from, base, offset, bytes) {
      asm.store(from, base, offset, bytes);
      for (const [register, content] of known) {
        if (typeof content === "string" && content.startsWith("load")) spoil(register);
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
    negate(to) {
      asm.negate(to);
      spoil(to);
    },
    shiftRight(to, bits) {
      asm.shiftRight(to, bits);
      spoil(to);
    },
    divide10(value, remainder) {
      asm.divide10(value, remainder);
      spoilAll();
    },
    call(to) {
      asm.call(to);
      spoilAll();
    },
    callSys(to) {
      asm.callSys(to);
      for (const register of ["ret", "t0", "t1", "t2", "t3"] as const) spoil(register);
    },
    syscall() {
      asm.syscall();
      spoilAll();
    },
  };
}

import { syscallNumber, type SyscallName } from "@x/syscall";
import type { Label } from "./assembler.ts";
import type { Target } from "./operands.ts";
import type { Routines } from "./routines.ts";

/** One entry for each system call that a plan makes: its number, and on to the common routine. */
export interface Calls {
  /** Makes the call; the arguments are in their registers. */
  emit(name: SyscallName, tolerant: boolean): void;
  /** The entries themselves, behind the acts that lead to them. */
  emitAll(): void;
}

/** A plan makes the same few calls again and again: the number stands in one place, not in each. */
export function createCalls({ asm, arch }: Target, routines: Routines): Calls {
  const entries = new Map<string, { name: SyscallName; tolerant: boolean; label: Label }>();
  return {
    emit(name, tolerant) {
      const key = `${name} ${tolerant}`;
      const entry = entries.get(key) ?? { name, tolerant, label: {} };
      entries.set(key, entry);
      asm.callSys(entry.label);
    },
    emitAll() {
      for (const { name, tolerant, label } of entries.values()) {
        asm.bind(label);
        asm.li("nr", BigInt(syscallNumber(name, arch)));
        asm.jump(tolerant ? routines.sysTolerant : routines.sys);
      }
    },
  };
}

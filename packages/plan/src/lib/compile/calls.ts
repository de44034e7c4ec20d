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
  const plain = new Map<SyscallName, Label>();
  const tolerating = new Map<SyscallName, Label>();
  const emitEntries = (entries: ReadonlyMap<SyscallName, Label>, routine: Label): void => {
    for (const [name, label] of entries) {
      asm.bind(label);
      asm.li("nr", syscallNumber(name, arch));
      asm.jump(routine);
    }
  };
  return {
    emit(name, tolerant) {
      const entries = tolerant ? tolerating : plain;
      let entry = entries.get(name);
      if (entry === undefined) {
        entry = {};
        entries.set(name, entry);
      }
      asm.callSys(entry);
    },
    emitAll() {
      emitEntries(plain, routines.sys);
      emitEntries(tolerating, routines.sysTolerant);
    },
  };
}

import type { Arch } from "@x/syscall";
import { actsOf, type Acts } from "../act.ts";
import { check } from "../check.ts";
import type { Plan } from "../step.ts";
import { arm64 } from "./arm64.ts";
import type { Addresses, Assembler } from "./assembler.ts";
import { BSS_ADDRESS, DATA_ADDRESS, elf, HEADER_BYTES, TEXT_ADDRESS } from "./elf.ts";
import { lower, type Inject } from "./lower.ts";
import { remembering } from "./remember.ts";
import { createRoutines } from "./routines.ts";
import { createBss, createData } from "./segments.ts";
import { assignSlots } from "./slots.ts";
import { placeStrings } from "./strings.ts";
import { x64 } from "./x64.ts";

/** What an executable is compiled for. */
export interface CompileOptions {
  /** The CPU the launcher is for. */
  readonly arch: Arch;
  /**
   * The descriptor over which the launcher talks to the Node process. Without one it stands
   * alone: reports are left out and a failure is told on stderr.
   */
  readonly channel?: number;
  /** Sends how long each act took over the channel. */
  readonly trace?: boolean;
  /** Builds a fault into one act, for tests. */
  readonly inject?: Inject;
}

const assemblers: Record<Arch, (addresses: Addresses) => Assembler> = { x64, arm64 };

/**
 * Compiles a plan to a static ELF64 executable; works on any host. The same plan and options give
 * the same bytes. Source: elf(5).
 *
 * Throws `InvalidPlanError` (code `X_PLAN_INVALID`) when the plan makes no sense, and
 * `UnsupportedSyscallError` for a call that the CPU does not have.
 */
export function compile(plan: Plan, options: CompileOptions): Uint8Array {
  check(plan);
  return compileActs(actsOf(plan), options);
}

/** The same for a plan that has been checked and taken apart. */
export function compileActs(acts: Acts, options: CompileOptions): Uint8Array {
  const { arch, channel, trace = false, inject } = options;
  const data = createData(DATA_ADDRESS, HEADER_BYTES);
  const results = assignSlots(acts.all);
  // A file is kept, and its size counts; a launcher in memory is gone in a moment.
  if (channel === undefined) placeStrings(acts.all, data);
  const bss = createBss(BSS_ADDRESS, 8 * (1 + Math.max(-1, ...results.values())));
  const addresses = { data: DATA_ADDRESS, text: TEXT_ADDRESS, bss: BSS_ADDRESS };
  const asm = remembering(arch, addresses, assemblers[arch](addresses));
  const routines = createRoutines();
  const target = { arch, asm, data, bss, results, channel, routines };
  lower(target, routines, acts, { trace: trace && channel !== undefined, inject });
  return elf(arch, data.bytes(), asm.code(), bss.size());
}

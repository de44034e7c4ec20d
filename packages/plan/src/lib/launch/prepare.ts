import { thisArch } from "@x/syscall";
import { actsOf, type Acts } from "../act.ts";
import { check } from "../check.ts";
import { compileActs, type CompileOptions } from "../compile/compile.ts";
import type { Plan } from "../step.ts";

/** A plan that has been checked and taken apart. */
export interface Prepared {
  readonly acts: Acts;
  /** The plan as an executable for this CPU; kept, unless a fault is built in. */
  launcher(options: LauncherOptions): Uint8Array;
}

/** What the executable of a plan depends on besides the plan. */
type LauncherOptions = Required<Pick<CompileOptions, "channel" | "trace">> &
  Pick<CompileOptions, "inject">;

const prepared = new WeakMap<Plan, Prepared>();

/**
 * A plan is data that does not change: one that is launched again is neither checked nor compiled
 * again, as long as somebody holds on to it. Throws `InvalidPlanError`.
 */
export function prepare(plan: Plan): Prepared {
  let made = prepared.get(plan);
  if (made === undefined) {
    check(plan);
    made = prepareActs(actsOf(plan));
    prepared.set(plan, made);
  }
  return made;
}

function prepareActs(acts: Acts): Prepared {
  const launchers = new Map<string, Uint8Array>();
  return {
    acts,
    launcher(options) {
      const make = (): Uint8Array => compileActs(acts, { arch: thisArch(), ...options });
      if (options.inject !== undefined) return make();
      const key = `${options.channel} ${options.trace}`;
      const bytes = launchers.get(key) ?? make();
      launchers.set(key, bytes);
      return bytes;
    },
  };
}

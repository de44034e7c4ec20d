import { CgroupError } from "../error.ts";
import { microsecondsOf, type Duration } from "../units.ts";

const resources = ["cpu", "memory", "io"] as const;
const kinds = ["some", "full"] as const;

/** How much waiting is worth telling. */
export interface PressureTrigger {
  /** What was waited for. */
  readonly resource: (typeof resources)[number];
  /** By one process at least, or by all that were not idle. */
  readonly kind: (typeof kinds)[number];
  /** Time waited, in all, within the window: microseconds, or `"150ms"`. */
  readonly stall: Duration;
  /** 500 ms to 10 s; without `CAP_SYS_RESOURCE` a multiple of 2 s. */
  readonly window: Duration;
}

/** A trigger in numbers. */
export interface CheckedTrigger extends PressureTrigger {
  readonly stall: number;
  readonly window: number;
}

/** `WINDOW_MIN_US` and `WINDOW_MAX_US` of kernel/sched/psi.c */
const leastWindow = 500_000;
const greatestWindow = 10_000_000;
/** Without privileges the kernel uses the averages that it makes every 2 s anyway. */
const unprivilegedStep = 2_000_000;

/** Refuses what the kernel would: `CgroupError` `X_CGROUP_INVALID` with the field. */
export function checkTrigger(trigger: PressureTrigger): CheckedTrigger {
  const { resource, kind } = trigger;
  if (!resources.includes(resource)) throw noneOf(resource, resources, "resource");
  if (!kinds.includes(kind)) throw noneOf(kind, kinds, "kind");
  const window = Number(microsecondsOf(trigger.window, "window"));
  if (!(window >= leastWindow && window <= greatestWindow)) {
    throw invalid("window", `${trigger.window} is not from 500ms to 10s`);
  }
  const stall = Number(microsecondsOf(trigger.stall, "stall"));
  if (!(stall > 0 && stall <= window)) {
    throw invalid("stall", `${trigger.stall} is not above 0 and within the window, ${window} us`);
  }
  return { resource, kind, stall, window };
}

/** What to do when the kernel refuses a trigger that is right. */
export function remedyFor(
  code: string | undefined,
  { window }: CheckedTrigger,
): string | undefined {
  if (code === "EINVAL" && window % unprivilegedStep !== 0) {
    return "Without CAP_SYS_RESOURCE the window has to be a multiple of 2s";
  }
  return remedies[code ?? ""];
}

const remedies: Readonly<Record<string, string>> = {
  EPERM: "Before Linux 6.5 triggers need CAP_SYS_RESOURCE",
  EOPNOTSUPP: "The kernel has pressure switched off: start it with psi=1",
};

function noneOf(value: string, known: readonly string[], field: string): CgroupError {
  return invalid(field, `${JSON.stringify(value)} is none of ${known.join(", ")}`);
}

function invalid(field: string, message: string): CgroupError {
  return new CgroupError("X_CGROUP_INVALID", message, { field });
}

import { errnoMeaning, hintFor, type ErrnoName, type SyscallName } from "@x/syscall";

/** A plan that makes no sense, found before anything was done. */
export class InvalidPlanError extends Error {
  override readonly name = "InvalidPlanError";
  readonly code = "X_PLAN_INVALID";
  /** Where in the plan: `[3].child[0].args[1]`. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`plan${path}: ${message}`);
    this.path = path;
  }
}

/** What is known of the step that went wrong. */
export interface PlanErrorDetails {
  /** The kernel's error, or how else the launch ended. */
  readonly code: ErrnoName | "X_PLAN_UNEXPECTED" | "X_LAUNCHER_DIED";
  /** Negative, as in Node's system errors. */
  readonly errno?: number;
  /** The number that `explain` prints before the step. */
  readonly index?: number;
  readonly syscall?: SyscallName;
  /** The step in words, as `explain` prints it. */
  readonly step?: string;
  readonly why?: string;
  /** The part of the caller's input that the step comes from. */
  readonly field?: string;
}

/** A step of a plan failed, or its launcher died before the command started. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly code: PlanErrorDetails["code"];
  readonly errno: number | undefined;
  readonly index: number | undefined;
  readonly syscall: SyscallName | undefined;
  readonly step: string | undefined;
  readonly why: string | undefined;
  readonly field: string | undefined;
  /** What to do about it, where a cause is likely. */
  readonly hint: string | undefined;

  constructor(details: PlanErrorDetails, message?: string) {
    const hint = hintOf(details);
    super((message ?? describe(details)) + (hint === undefined ? "" : `. ${hint}`));
    this.code = details.code;
    this.errno = details.errno;
    this.index = details.index;
    this.syscall = details.syscall;
    this.step = details.step;
    this.why = details.why;
    this.field = details.field;
    this.hint = hint;
  }
}

function describe({ code, errno, index, step, why, field }: PlanErrorDetails): string {
  const place = field === undefined ? "" : `${field}: `;
  const purpose = why === undefined ? "" : ` (${why})`;
  const said =
    errno === undefined
      ? "an unexpected result"
      : `${errnoMeaning(code as ErrnoName)} (${code}, ${-errno})`;
  return `${place}step ${index}, ${step}${purpose}: ${said}`;
}

function hintOf({ code, errno, syscall }: PlanErrorDetails): string | undefined {
  if (errno === undefined || syscall === undefined) return undefined;
  return hintFor(syscall, code as ErrnoName);
}

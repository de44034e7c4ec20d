import { errnoName, type SyscallName } from "@x/syscall";
import type { Act } from "./act.ts";
import { PlanError } from "./error.ts";
import { lineOf } from "./explain.ts";

/** The error of an act: with the kernel's negative number, or without one for a result nobody expected. */
export function failed(act: Act, errno?: number): PlanError {
  const { index, syscall, text, why, field } = lineOf(act);
  const code = errno === undefined ? undefined : errnoName(-errno);
  return new PlanError({
    code: code ?? "X_PLAN_UNEXPECTED",
    ...(errno === undefined ? {} : { errno }),
    index,
    syscall: syscall as SyscallName,
    step: text,
    ...(why === undefined ? {} : { why }),
    ...(field === undefined ? {} : { field }),
  });
}

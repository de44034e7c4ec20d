import { CgroupError } from "./error.ts";

/**
 * `value`, if it is a whole number from `from` to `to`. Throws `CgroupError` `X_CGROUP_INVALID` with
 * the field otherwise: the kernel would clamp some of these in silence.
 */
export function wholeNumber(value: number, from: number, to: number, field: string): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new CgroupError(
    "X_CGROUP_INVALID",
    `${JSON.stringify(value)} is no whole number from ${from} to ${to}`,
    { field },
  );
}

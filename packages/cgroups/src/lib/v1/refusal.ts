import type { SettingContext } from "../controller.ts";
import { CgroupError } from "../error.ts";

/** The error for what v1, or this kernel's v1, has no file for. */
export function unsupported(field: string, message: string, hint: string): CgroupError {
  return new CgroupError("X_CGROUP_UNSUPPORTED", message, { field, hint });
}

/** The error for what does not go with the rest of the description or with what is set already. */
export function invalid(field: string, message: string, hint: string): CgroupError {
  return new CgroupError("X_CGROUP_INVALID", message, { field, hint });
}

/** Refuses a field whose file this kernel lacks; `hint` says what brings it. */
export function requireFile(
  { files }: SettingContext,
  file: string,
  field: string,
  hint: string,
): void {
  if (files.read(file) === undefined) {
    throw unsupported(field, `this kernel has no ${file} in its v1 groups`, hint);
  }
}

import type { Files } from "../controller.ts";
import { CgroupError } from "../error.ts";

/** What cgroup v2 has not, and what there is instead. */
export function unsupported(field: string, what: string, instead: string): CgroupError {
  return new CgroupError("X_CGROUP_UNSUPPORTED", `cgroup v2 has no ${what}`, {
    field,
    hint: instead,
  });
}

/** Throws `X_CGROUP_UNSUPPORTED` when this kernel makes no such file in a group. */
export function requireFile(files: Files, file: string, field: string, hint: string): void {
  if (files.read(file) !== undefined) return;
  throw new CgroupError("X_CGROUP_UNSUPPORTED", `there is no ${file} on this kernel`, {
    field,
    hint,
  });
}

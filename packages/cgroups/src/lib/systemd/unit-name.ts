import { invalid, show } from "../validate/check.ts";
import { validateName } from "../validate/name.ts";

/** UNIT_NAME_MAX, systemd.unit(5). */
const longest = 255;
const word = /^[\w:.\\-]+$/;

/** The scope's unit for a name that may be a group's as well. Throws `X_CGROUP_INVALID`. */
export function scopeName(name: string): string {
  validateName(name);
  const unit = `${name}.scope`;
  if (!word.test(name)) {
    throw invalid(
      "name",
      `${show(name)} cannot be a unit's`,
      "Those are of A-Z a-z 0-9 _ - . : \\",
    );
  }
  if (unit.length > longest) throw invalid("name", `${show(unit)} is longer than ${longest}`);
  return unit;
}

/** Refuses what is no slice: `X_CGROUP_INVALID`. */
export function validateSlice(slice: string): void {
  if (typeof slice === "string" && word.test(slice) && slice.length <= longest) {
    if (slice.endsWith(".slice") && !/^-.|--|-\.slice$/.test(slice)) return;
    if (slice === "-.slice") return;
  }
  throw invalid(
    "slice",
    `${show(slice)} is no slice`,
    "system.slice, app.slice, or one of your own: work-batch.slice is below work.slice (systemd.slice(5))",
  );
}

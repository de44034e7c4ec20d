import { invalid, show } from "../validate/check.ts";

/** An object of a config, or undefined for what is missing; `X_CGROUP_INVALID` for anything else. */
export function part<T extends object>(value: T | null | undefined, field: string): T | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw invalid(field, `${show(value)} is not an object`);
}

/** The same for a list of objects, each turned into ours. */
export function parts<T extends object, R>(
  value: readonly T[] | null | undefined,
  field: string,
  turn: (element: T) => R,
): R[] | undefined {
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid(field, `${show(value)} is not an array`);
  return value.map((element: T | null, index) => {
    const place = `${field}[${index}]`;
    const found = part(element, place);
    if (found === undefined) throw invalid(place, `${show(element)} is not an object`);
    return turn(found);
  });
}

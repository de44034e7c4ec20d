import { UnionError } from "./error.ts";
import type { UnionLayers } from "./union.ts";

/** As many layers as overlay takes. Source: fs/overlayfs/params.h, `OVL_MAX_STACK`. */
const MOST_LAYERS = 500;

/** The layers as they are stacked: what is only read, and where is written. */
export interface Stack {
  readonly lower: readonly string[];
  readonly upper: { readonly upper: string; readonly work: string } | undefined;
  readonly tmpfs: { readonly sizeBytes: number | undefined } | undefined;
}

/** Checks a description and settles what it means. Throws UnionError `X_UNION_INVALID`. */
export function stackOf(union: UnionLayers): Stack {
  const { lower, upper, work, tmpfs, readonly = false } = union;
  lower.forEach((path, i) => checkPath(path, `lower[${i}]`));
  if (upper !== undefined) checkPath(upper, "upper");
  if (work !== undefined) checkPath(work, "work");
  const read = readonly && upper !== undefined ? [upper, ...lower] : lower;
  if (read.length === 0) invalid("lower", "a union needs at least one lower directory");
  if (read.length > MOST_LAYERS) {
    invalid("lower", `${read.length} layers; the kernel stacks at most ${MOST_LAYERS}`);
  }
  if (upper !== undefined && tmpfs !== undefined) {
    invalid("tmpfs", "what is written goes to `upper` or into memory, not to both");
  }
  if (readonly && tmpfs !== undefined) {
    invalid("tmpfs", "a read-only union has nothing to keep in memory");
  }
  const sizeBytes = tmpfs?.sizeBytes;
  if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes > 0)) {
    invalid("tmpfs.sizeBytes", `${sizeBytes} is no number of bytes above 0`);
  }
  if (readonly || upper === undefined) {
    if (work !== undefined && upper === undefined) invalid("work", "it goes with `upper`");
    return { lower: read, upper: undefined, tmpfs: tmpfs && { sizeBytes } };
  }
  if (work === undefined) {
    throw new UnionError("X_UNION_INVALID", "missing", {
      field: "work",
      hint: "Give an empty directory on the file system of `upper`; the kernel needs it",
    });
  }
  return { lower, upper: { upper, work }, tmpfs: undefined };
}

function checkPath(path: string, field: string): void {
  if (path === "") invalid(field, "an empty path");
  if (path.includes("\0")) invalid(field, "a path cannot contain a NUL");
}

function invalid(field: string, message: string): never {
  throw new UnionError("X_UNION_INVALID", message, { field });
}

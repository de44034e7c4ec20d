import { statfs } from "node:fs/promises";
import { ImageError } from "../error.ts";

/** The name of what the kernel said: `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** What the kernel said about a file of the store, as an `X_IMAGE_STORE`. Pure. */
export function storeError(what: string, error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  const code = errnoOf(error);
  const hint = code === undefined ? undefined : hints[code];
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  const details = { cause: error, ...(hint === undefined ? {} : { hint }) };
  return new ImageError("X_IMAGE_STORE", message, details);
}

const hints: Readonly<Record<string, string>> = {
  EACCES: "The store belongs to another user; choose another one with X_STORE",
  EPERM: "The store belongs to another user; choose another one with X_STORE",
  EROFS: "The file system is mounted read-only; choose another place with X_STORE",
  ENOENT: "A part of the store is missing; `x system check` makes it again",
  ENOTDIR: "A part of the store is not what it should be; `x system check` mends it",
};

/** An error of writing below a directory: `X_IMAGE_NO_SPACE`, with what is free, or any other. */
export async function writeError(what: string, directory: string, error: unknown): Promise<Error> {
  const code = errnoOf(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return storeError(what, error);
  const free = await freeBytes(directory);
  return noSpace(what, directory, free, error);
}

/** `X_IMAGE_NO_SPACE`, with what is free and what to do. Pure. */
export function noSpace(
  what: string,
  directory: string,
  free: number | undefined,
  cause?: unknown,
): ImageError {
  const left = free === undefined ? "" : ` (${free} bytes are free)`;
  return new ImageError("X_IMAGE_NO_SPACE", `${what}: no space left below ${directory}${left}`, {
    hint: "`x system prune` frees what no image and no container needs; X_STORE chooses another disk",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Bytes that may still be written below a directory; undefined where nobody says. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(directory);
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}

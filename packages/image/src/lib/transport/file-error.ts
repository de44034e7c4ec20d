import { ImageError, type ImageErrorCode } from "../error.ts";

const codes: Readonly<Record<string, readonly [code: ImageErrorCode, hint?: string]>> = {
  ENOSPC: ["X_IMAGE_NO_SPACE", "The disk is full; free some of it, or choose another place"],
  EDQUOT: ["X_IMAGE_NO_SPACE", "Your part of the disk is full; free some, or choose another place"],
  ENOENT: ["X_IMAGE_NOT_FOUND"],
  ENOTDIR: ["X_IMAGE_NOT_FOUND"],
  EACCES: ["X_IMAGE_INVALID", "It belongs to another user; choose another place"],
  EPERM: ["X_IMAGE_INVALID", "It belongs to another user; choose another place"],
  EROFS: ["X_IMAGE_INVALID", "The file system is mounted read-only; choose another place"],
  EISDIR: ["X_IMAGE_INVALID", "It is a directory; give the name of a file"],
};

/** What was to be done with a file of the user's. Rejects with what the kernel said, explained. */
export async function onDisk<Value>(
  doing: "read" | "write",
  path: string,
  work: Promise<Value>,
): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw fileError(doing, path, error);
  }
}

function fileError(doing: "read" | "write", path: string, error: unknown): unknown {
  if (error instanceof ImageError || !(error instanceof Error)) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const [known, hint] = codes[code] ?? [];
  if (known === undefined) return error;
  return new ImageError(known, `cannot ${doing} ${path}: ${error.message}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

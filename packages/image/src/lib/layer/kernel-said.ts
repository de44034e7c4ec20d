import { errnoMeaning, SyscallError } from "@x/syscall";
import { ImageError, type ImageErrorCode } from "../error.ts";
import { printable } from "../tar/fault.ts";

/**
 * What the kernel said about an entry of an archive, as an error of this package: the disk is full
 * (`X_IMAGE_NO_SPACE`), the entry is at fault (`X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`), or the place it
 * goes to (`X_IMAGE_STORE`). `attempt` completes "cannot". Any other error is returned as it is.
 */
export function kernelSaid(attempt: string, name: Uint8Array, error: unknown): unknown {
  return error instanceof SyscallError ? told(attempt, name, error, meanings[error.code]) : error;
}

/** The same about a directory that is not the archive's: `X_IMAGE_NO_SPACE` or `X_IMAGE_STORE`. */
export function kernelSaidOf(attempt: string, directory: string, error: unknown): unknown {
  if (!(error instanceof SyscallError)) return error;
  const meaning = meanings[error.code];
  const archives = meaning?.[0] === "X_IMAGE_ARCHIVE" || meaning?.[0] === "X_IMAGE_LIMIT";
  return told(attempt, Buffer.from(directory), error, archives ? undefined : meaning);
}

function told(
  attempt: string,
  name: Uint8Array,
  error: SyscallError,
  [code, hint]: Meaning = unexpected,
): ImageError {
  const meaning = error.code === "UNKNOWN" ? "unknown error" : errnoMeaning(error.code);
  const said = `${meaning} (${error.code}, ${-error.errno})`;
  return new ImageError(code, `cannot ${attempt}: ${said}`, {
    field: printable(name),
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Whether an error is the kernel's answer of one of these names. */
export function isErrno(error: unknown, ...names: readonly string[]): error is SyscallError {
  return error instanceof SyscallError && names.includes(error.code);
}

type Meaning = readonly [code: ImageErrorCode, hint?: string];

const full: Meaning = [
  "X_IMAGE_NO_SPACE",
  "Free some, or inodes (`df -i`); `x system prune` removes what no image and container needs",
];
const crooked: Meaning = [
  "X_IMAGE_ARCHIVE",
  "The archive contradicts itself or wants out of its root",
];
const foreign: Meaning = [
  "X_IMAGE_STORE",
  'The directory must belong to this user; owners: "record" writes down those that this user cannot give to files',
];
const unexpected: Meaning = ["X_IMAGE_STORE"];

const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: full,
  EDQUOT: full,
  ENAMETOOLONG: ["X_IMAGE_ARCHIVE", "The file system takes no name that long"],
  ELOOP: crooked,
  ENOTDIR: crooked,
  EISDIR: crooked,
  ENOENT: crooked,
  EILSEQ: ["X_IMAGE_ARCHIVE", "The file system takes no such name"],
  EXDEV: ["X_IMAGE_ARCHIVE", "Something is mounted below the root, or the entry wants out of it"],
  EFBIG: ["X_IMAGE_LIMIT", "The file system takes no file that long"],
  EMLINK: ["X_IMAGE_LIMIT", "The file system gives one file no more names"],
  EACCES: foreign,
  EPERM: foreign,
  EINVAL: foreign,
  EROFS: ["X_IMAGE_STORE", "The file system is mounted read-only"],
};

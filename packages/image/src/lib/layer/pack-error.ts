import { errnoMeaning, SyscallError } from "@x/syscall";
import { ImageError } from "../error.ts";
import { printable } from "../tar/fault.ts";

/** Does something with a path (as latin1); what the kernel says against it becomes an ImageError. */
export function reading<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What kept a path (as latin1) from being read, as an error of this package. */
export function unreadable(path: string, error: unknown): unknown {
  if (error instanceof ImageError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (vanished.has(code)) return changed(path, "it is not there any more, or is something else");
  const known = error instanceof SyscallError && error.code !== "UNKNOWN";
  const said = known ? `${errnoMeaning(error.code)} (${error.code}, ${-error.errno})` : message;
  const hint = hints[code];
  return new ImageError("X_IMAGE_STORE", `cannot read it for a layer: ${said}`, {
    field: shown(path),
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A tree that changes under the hands of who packs it. */
export function changed(path: string, what: string): ImageError {
  return new ImageError("X_IMAGE_INVALID", `it changed while it was packed: ${what}`, {
    field: shown(path),
    hint: "Stop or pause what writes there, then try again",
  });
}

/** A path (bytes as latin1) as people may see it. */
function shown(path: string): string {
  return path === "" ? "the root of the layer" : printable(Buffer.from(path, "latin1"));
}

const vanished: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ESTALE"]);

const foreign = "Be root, or do it inside the user namespace in which the tree was made";
const hints: Readonly<Record<string, string>> = {
  EACCES: foreign,
  EPERM: foreign,
  EXDEV: "Something is mounted there; unmount it, for it is not part of the tree",
  EMFILE: "Too many files are open (RLIMIT_NOFILE)",
};

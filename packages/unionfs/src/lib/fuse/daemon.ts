import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { Launched } from "@x/plan";
import { UnionError } from "../error.ts";
import { busy, unmount } from "../mounts/unmount.ts";
import type { MountList } from "../mounts/watch.ts";
import { findProgram } from "./find-program.ts";

/** How long one may take to end when it is told to. */
const PATIENCE_MS = 2000;

/** A running fuse-overlayfs. */
export interface Daemon {
  /** Resolves with what it said last when it has ended. */
  readonly ended: Promise<string>;
  readonly end: (options: { readonly lazy: boolean }) => Promise<void>;
}

/** What a launch has started. It does not keep this process alive. */
export function daemonOf(launched: Launched, target: string): Daemon {
  const said = text(launched.stderr!).catch(() => "");
  (launched.stderr as unknown as { unref(): void }).unref();
  const ended = launched.exited.then(() => said);
  let over = false;
  void ended.then(() => (over = true));
  return {
    ended,
    async end(options) {
      await takeAway(target, options);
      if (!over) launched.kill("SIGTERM");
      // One that is about to wait for its first request misses the signal, and would wait for ever.
      // The timer also keeps the event loop going, for which nothing else may be there.
      const hold = setInterval(() => launched.kill("SIGKILL"), PATIENCE_MS);
      await ended.finally(() => clearInterval(hold));
      if (isDead(target)) await takeAway(target, { lazy: true });
    },
  };
}

async function takeAway(target: string, options: { readonly lazy: boolean }): Promise<void> {
  if (process.geteuid?.() === 0) unmountOwn(target, options);
  else await unmountByHelper(target, options);
}

/** A mount whose program has ended without it: it was made after the first attempt to unmount. */
function isDead(target: string): boolean {
  try {
    statSync(target);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTCONN";
  }
}

/** In a user namespace, the mount may be somebody else's to unmount: then the program does it. */
function unmountOwn(target: string, options: { readonly lazy: boolean }): void {
  try {
    unmount(target, options);
  } catch (error) {
    if (error instanceof UnionError && error.code === "X_UNION_BUSY") throw error;
  }
}

/** An ordinary user's mount is taken away by a program that belongs to root. */
async function unmountByHelper(
  target: string,
  { lazy }: { readonly lazy: boolean },
): Promise<void> {
  const helper = findProgram("fusermount3") ?? findProgram("fusermount");
  if (helper === undefined) return;
  const args = ["-u", ...(lazy ? ["-z"] : []), "--", target];
  try {
    await promisify(execFile)(helper, args, { env: { LC_ALL: "C" } });
  } catch (error) {
    if (/busy/.test((error as { stderr?: string }).stderr ?? "")) throw busy(target, error);
  }
}

/** Waits for the mount, or for the end of the program. Rejects with UnionError `X_UNION_MOUNT`. */
export async function ready(
  daemon: Daemon,
  mounts: MountList,
  isMounted: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(signal?.reason)));
  signal?.addEventListener("abort", abort, { once: true });
  aborted.catch(() => {});
  const failed = daemon.ended.then((said): never => {
    throw new UnionError("X_UNION_MOUNT", `fuse-overlayfs ended: ${lastLines(said)}`, {
      hint: "It needs /dev/fuse, and as an ordinary user fusermount3 (Debian's fuse3)",
    });
  });
  failed.catch(() => {});
  try {
    while (!isMounted()) await Promise.race([mounts.changed(), failed, aborted]);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  signal?.throwIfAborted();
}

function lastLines(said: string): string {
  const lines = said
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("unknown argument"));
  return lines.slice(-2).join("; ") || "it said nothing";
}

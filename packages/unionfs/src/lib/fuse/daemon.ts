import { text } from "node:stream/consumers";
import type { Launched } from "@x/plan";
import { UnionError } from "../error.ts";
import { unmount } from "../mounts/unmount.ts";
import type { MountList } from "../mounts/watch.ts";

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
      if (process.geteuid?.() === 0) unmountOwn(target, options);
      if (!over) launched.kill("SIGTERM");
      // Nothing else may be there to keep the event loop going until the program has ended.
      const hold = setInterval(() => {}, 60_000);
      await ended.finally(() => clearInterval(hold));
    },
  };
}

/** In a user namespace, the mount may be somebody else's to unmount: then the program does it. */
function unmountOwn(target: string, options: { readonly lazy: boolean }): void {
  try {
    unmount(target, options);
  } catch (error) {
    if (error instanceof UnionError && error.code === "X_UNION_BUSY") throw error;
  }
}

/** Waits for the mount, or for the end of the program. Rejects with UnionError `X_UNION_MOUNT`. */
export async function ready(
  daemon: Daemon,
  mounts: MountList,
  isMounted: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  const failed = daemon.ended.then((said): never => {
    throw new UnionError("X_UNION_MOUNT", `fuse-overlayfs ended: ${lastLines(said)}`, {
      hint: "It needs /dev/fuse, and as an ordinary user fusermount3 (Debian's fuse3)",
    });
  });
  failed.catch(() => {});
  while (!isMounted()) await Promise.race([mounts.changed(), failed, aborted]);
  signal?.throwIfAborted();
}

function lastLines(said: string): string {
  const lines = said
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("unknown argument"));
  return lines.slice(-2).join("; ") || "it said nothing";
}

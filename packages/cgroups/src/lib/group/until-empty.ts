import { readFileSync, watch } from "node:fs";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { deepestFirst } from "../tree/directory.ts";
import { processesIn } from "./members.ts";

/** How long something may be waited for. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Resolves when no process lives in the group or below it, or the time is over. A v2 directory
 * among them tells (`cgroup.events`); where there is none, v1 must be asked, in growing intervals.
 */
export async function untilEmpty(
  directories: readonly GroupDirectory[],
  options: WaitOptions,
): Promise<void> {
  const unified = directories.find(({ hierarchy }) => hierarchy.version === 2);
  if (unified !== undefined) {
    await untilFileSays(
      `${unified.path}/cgroup.events`,
      (text) => text.includes("populated 0"),
      options,
    );
    return;
  }
  await untilTrue(() => directories.every(({ path }) => isEmpty(path)), options);
}

/**
 * Resolves when the text of a file fits, with true; false when the time is over; true when the file
 * is gone. The kernel announces a change by inotify(7).
 */
export async function untilFileSays(
  file: string,
  fits: (text: string) => boolean,
  { signal, timeoutMs = 5000 }: WaitOptions,
): Promise<boolean> {
  signal?.throwIfAborted();
  if (says(file, fits)) return true;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      watcher.close();
      signal?.removeEventListener("abort", abort);
      act();
    };
    const look = (): void => {
      if (says(file, fits)) settle(() => resolve(true));
    };
    const abort = (): void => settle(() => reject(signal?.reason));
    const timer = setTimeout(() => settle(() => resolve(says(file, fits))), timeoutMs);
    const watcher = watch(file, look).on("error", look);
    signal?.addEventListener("abort", abort);
    look(); // what changed between the first look and the watch
  });
}

/** Asks again and again, ever more rarely: for what the kernel does not announce. */
export async function untilTrue(
  ask: () => boolean,
  { signal, timeoutMs = 5000 }: WaitOptions,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    signal?.throwIfAborted();
    if (ask()) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function says(file: string, fits: (text: string) => boolean): boolean {
  try {
    return fits(readFileSync(file, "latin1"));
  } catch {
    return true; // gone, and with it all that could be waited for
  }
}

function isEmpty(path: string): boolean {
  return deepestFirst(path).every((dir) => processesIn(dir).length === 0);
}

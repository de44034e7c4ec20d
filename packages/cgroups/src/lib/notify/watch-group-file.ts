import { watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";
import { kernelError } from "../group/kernel-error.ts";
import type { Registration } from "./notifications.ts";

/**
 * Calls back when a file of a v2 group has changed, and when the group has been removed, which is
 * announced in the directory it was in: inotify(7).
 *
 * @throws CgroupError when it cannot be watched.
 */
export function watchGroupFile(
  path: string,
  file: string,
  changed: () => void,
  failed: (reason: unknown) => void,
): Registration {
  const watchers: FSWatcher[] = [];
  const close = (): void => watchers.forEach((watcher) => watcher.close());
  try {
    watchers.push(watch(`${path}/${file}`, changed));
    watchers.push(
      watch(dirname(path), (change, name) => {
        if (change === "rename" && name === basename(path)) changed();
      }),
    );
  } catch (error) {
    close();
    throw kernelError(`cannot watch ${path}/${file}`, error);
  }
  for (const watcher of watchers) watcher.on("error", failed);
  return {
    ref: () => watchers.forEach((watcher) => watcher.ref()),
    unref: () => watchers.forEach((watcher) => watcher.unref()),
    close,
  };
}

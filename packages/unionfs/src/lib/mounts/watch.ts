import { closeSync, openSync, readSync } from "node:fs";
import { onPriority } from "@x/syscall";
import { parseMountinfo, type MountEntry } from "./mountinfo.ts";

/** The list of the mounts of this process, which tells when it changes. */
export interface MountList extends Disposable {
  readonly read: () => MountEntry[];
  /** Resolves with the next change; only one at a time. */
  readonly changed: () => Promise<void>;
}

/** Opens it. The kernel notifies of changes: there is no polling. Source: proc_pid_mountinfo(5). */
export function openMounts(): MountList {
  const fd = openSync("/proc/self/mountinfo", "r");
  let tell = (): void => {};
  let change = new Promise<void>((resolve) => (tell = resolve));
  const readiness = onPriority(fd, () => {
    tell();
    change = new Promise<void>((resolve) => (tell = resolve));
  });
  return {
    read: () => parseMountinfo(readWhole(fd)),
    changed: () => change,
    [Symbol.dispose]() {
      readiness.close();
      closeSync(fd);
    },
  };
}

function readWhole(fd: number): string {
  const chunks: Buffer[] = [];
  for (let position = 0; ;) {
    const chunk = Buffer.alloc(65536);
    const bytes = readSync(fd, chunk, 0, chunk.length, position);
    if (bytes === 0) return Buffer.concat(chunks).toString("latin1");
    chunks.push(chunk.subarray(0, bytes));
    position += bytes;
  }
}

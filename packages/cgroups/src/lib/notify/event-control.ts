import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { Descriptor, EFD_CLOEXEC, EFD_NONBLOCK, onReadable, syscall } from "@x/syscall";
import { CgroupError } from "../error.ts";
import { errnoOf, kernelError } from "../group/kernel-error.ts";
import { writeFile } from "../group/write-file.ts";
import type { Registration } from "./notifications.ts";

/** What of a v1 group is asked to announce itself. */
export interface Announcer {
  /** The group's directory. */
  readonly path: string;
  /** `memory.oom_control` */
  readonly file: string;
  /** What the file wants to be told: `critical,local`. */
  readonly argument?: string;
}

/**
 * Has a v1 group announce something through an `eventfd(2)`: `heard` is called each time, `gone`
 * when the group has been removed, which is signalled alike. Source: "cgroup.event_control" of
 * Documentation/admin-guide/cgroup-v1/memcg_test.rst and memory.rst, section 9.
 *
 * @throws CgroupError with what the kernel said.
 */
export function announce(announcer: Announcer, heard: () => void, gone: () => void): Registration {
  const event = new Descriptor(syscall("eventfd2", 0, EFD_CLOEXEC | EFD_NONBLOCK));
  try {
    register(event, announcer);
  } catch (error) {
    event.close();
    throw error;
  }
  const counter = new Uint8Array(8);
  const readiness = onReadable(event.fd, () => {
    readSync(event.fd, counter);
    if (existsSync(announcer.path)) heard();
    else gone();
  });
  return {
    ref: () => readiness.ref(),
    unref: () => readiness.unref(),
    close: () => {
      readiness.close();
      event.close();
    },
  };
}

/** The kernel looks at the second descriptor during the write alone. */
function register(event: Descriptor, { path, file, argument }: Announcer): void {
  const fd = openFile(path, file);
  try {
    const line = argument === undefined ? `${event.fd} ${fd}` : `${event.fd} ${fd} ${argument}`;
    writeFile(`${path}/cgroup.event_control`, line);
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string, file: string): number {
  try {
    return openSync(`${path}/${file}`, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && existsSync(path)) {
      throw new CgroupError("X_CGROUP_UNSUPPORTED", `${path} has no ${file}`, {
        hint: "This kernel was built without it",
        cause: error,
      });
    }
    throw kernelError(`${path}/${file} cannot be opened`, error);
  }
}

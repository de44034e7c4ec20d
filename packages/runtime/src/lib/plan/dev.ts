import {
  AT_FDCWD,
  makedev,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  S_IFCHR,
  S_IFREG,
} from "@x/syscall";
import { result, step, type Result, type Step } from "@x/plan";
import { copyTree, directory, newFilesystem, place } from "./mount.ts";

/** The device nodes that the OCI runtime spec asks for: major and minor. */
const nodes = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
} as const;

/** Links that the spec asks for, and where they lead. */
const links = {
  ptmx: "pts/ptmx",
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
} as const;

/** What a `/dev` of ours has in any case. */
export const ownInDev: ReadonlySet<string> = new Set([
  ...Object.keys(nodes),
  ...Object.keys(links),
  "pts",
  "shm",
  "mqueue",
]);

const SHM_BYTES = 64 * 1024 * 1024;
const TTY_GID = 5;
const restricted = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/** What can be done in a `/dev` of ours. */
export interface DevOptions {
  /** Device nodes can be made; in a user namespace they cannot, and the host's are bound. */
  readonly mknod: boolean;
  /** The IPC namespace is the container's own: message queues of the host are not for it. */
  readonly queues: boolean;
  /** The terminal group is mapped. */
  readonly ttyGroup: boolean;
}

/** The host's nodes as mounts nobody sees yet; opened before the host's `/dev` is out of reach. */
export function devSources({ mknod }: DevOptions): Step[] {
  if (mknod) return [];
  return Object.keys(nodes).map((name) =>
    copyTree(`host ${name}`, AT_FDCWD, `/dev/${name}`, { recursive: false }),
  );
}

/** `/dev`: fresh memory with the nodes every program expects, terminals, shared memory, queues. */
export function dev(root: Result, options: DevOptions): Step[] {
  const at = result("dev");
  return [
    directory(root, "dev"),
    ...newFilesystem(
      at.result,
      "tmpfs",
      { mode: "0755", size: "65536k" },
      MOUNT_ATTR_NOSUID,
      "/dev: the devices every program expects, and no others",
    ),
    place(at, root, "dev"),
    ...Object.entries(nodes).flatMap(([name, [major, minor]]) =>
      options.mknod
        ? [step("mknodat", [at, name, S_IFCHR | 0o666, makedev(major, minor)])]
        : [
            step("mknodat", [at, name, S_IFREG | 0o666, 0]),
            place(result(`host ${name}`), at, name),
          ],
    ),
    ...Object.entries(links).map(([name, target]) => step("symlinkat", [target, at, name])),
    directory(at, "pts"),
    ...newFilesystem(
      "pts",
      "devpts",
      { mode: "0620", ptmxmode: "0666", ...(options.ttyGroup ? { gid: String(TTY_GID) } : {}) },
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
      "terminals of its own",
    ),
    place(result("pts"), at, "pts"),
    directory(at, "shm"),
    ...newFilesystem(
      "shm",
      "tmpfs",
      { mode: "1777", size: String(SHM_BYTES) },
      restricted,
      "shared memory of its own",
    ),
    place(result("shm"), at, "shm"),
    ...(options.queues ? queues(at) : []),
  ];
}

function queues(at: Result): Step[] {
  return [
    directory(at, "mqueue"),
    ...newFilesystem("mqueue", "mqueue", {}, restricted, "message queues of its own"),
    place(result("mqueue"), at, "mqueue"),
  ];
}

import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { AT_FDCWD, Descriptor, O_CLOEXEC, O_RDWR, pipe, syscall } from "@x/syscall";

/**
 * Where a standard stream goes, as in `child_process`: a pipe to this process, the same place as
 * this process's own stream, `/dev/null`, or a descriptor.
 */
export type StdioTarget = "pipe" | "inherit" | "ignore" | number | Descriptor;

/** One target for all three standard streams, or one for each. */
export type Stdio =
  | "pipe"
  | "inherit"
  | "ignore"
  | readonly [StdioTarget, StdioTarget, StdioTarget];

/** The three streams of a launch: the ends the launcher gets, and ours where they are pipes. */
export interface Streams extends Disposable {
  /** Descriptors for 0, 1 and 2 of the launcher. */
  readonly theirs: readonly [number, number, number];
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Closes the launcher's ends, which it has copies of by now. */
  [Symbol.dispose](): void;
  /** Closes our ends too, for a launch that failed. */
  destroy(): void;
}

/** Opens what `stdio` asks for. Throws a SyscallError when the process is out of descriptors. */
export function openStdio(stdio: Stdio = "pipe"): Streams {
  const targets = typeof stdio === "string" ? [stdio, stdio, stdio] : stdio;
  const opened: Descriptor[] = [];
  const streams: (Socket | null)[] = [];
  const dispose = (): void => opened.forEach((one) => one.close());
  const destroy = (): void => {
    dispose();
    streams.forEach((stream) => stream?.destroy());
  };
  try {
    const theirs = targets.map((target, number) => open(target, number, opened, streams));
    const [stdin, stdout, stderr] = streams;
    return {
      theirs: theirs as [number, number, number],
      stdin: stdin ?? null,
      stdout: stdout ?? null,
      stderr: stderr ?? null,
      [Symbol.dispose]: dispose,
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

function open(
  target: StdioTarget,
  number: number,
  opened: Descriptor[],
  streams: (Socket | null)[],
): number {
  streams[number] = null;
  if (target === "inherit") return number;
  if (typeof target === "number") return target;
  if (target instanceof Descriptor) return target.fd;
  if (target === "ignore") {
    const nothing = new Descriptor(syscall("openat", AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC));
    opened.push(nothing);
    return nothing.fd;
  }
  const [read, write] = pipe();
  const [theirs, ours] = number === 0 ? [read, write] : [write, read];
  opened.push(theirs);
  streams[number] = new Socket({ fd: ours.fd, readable: number !== 0, writable: number === 0 });
  return theirs.fd;
}

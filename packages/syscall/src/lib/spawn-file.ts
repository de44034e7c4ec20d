import { CLOSE_RANGE_CLOEXEC } from "./constants/close-range.ts";
import { F_DUPFD_CLOEXEC, F_GETFD } from "./constants/fcntl.ts";
import { Descriptor } from "./descriptor.ts";
import { errnoNumber } from "./errno.ts";
import { posixSpawn } from "./posix-spawn.ts";
import { spawnMemory } from "./spawn-memory.ts";
import { SyscallError } from "./syscall-error.ts";
import { addressOf, syscall } from "./syscall.ts";

/** How a program is started. */
export interface SpawnFileOptions {
  /** The arguments; the first is by custom the program's name. */
  readonly argv: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The child's descriptors by number, from those of this process. No others are passed on. */
  readonly descriptors: ReadonlyMap<number, number>;
  /** Makes the child the leader of a session of its own: `setsid(2)`. */
  readonly session?: boolean;
}

/**
 * Starts a program with `posix_spawn(3)` and returns its process id; the caller reaps it. All
 * signals have their default action and none is blocked. The mapping of descriptors may cross over,
 * as `{ 0 → 1, 1 → 0 }`. No other is passed on: all of this process become close-on-exec. Blocks
 * until the program runs.
 *
 * @throws SyscallError of `execve` when the program cannot be started, of `fcntl` or `dup3` when a
 *   descriptor cannot be passed on.
 * @throws InvalidArgumentError for text with NUL, or a variable's name with `=`.
 */
export function spawnFile(file: string, options: SpawnFileOptions): number {
  const { argv, env, descriptors, session = false } = options;
  const { spawn, initActions, addDup2, destroyActions, actions, attributes } = posixSpawn();
  const memory = spawnMemory(file, argv, env, addressOf);
  const start = addressOf(memory.bytes);
  // Node opens everything close-on-exec; what it inherited above the first gap, or an addon opened,
  // may not be.
  syscall("close_range", 0, 0xffff_ffff, CLOSE_RANGE_CLOEXEC);
  const { sources, moved } = clearOfTargets(descriptors);
  initActions(actions);
  try {
    for (const [target, source] of sources) {
      const refused = Number(addDup2(actions, source, target));
      if (refused !== 0) throw new SyscallError("dup3", [source, target, 0], refused);
    }
    const errno = Number(
      spawn(
        start,
        start + BigInt(memory.path),
        actions,
        session ? attributes.session : attributes.plain,
        start + BigInt(memory.argv),
        start + BigInt(memory.envp),
      ),
    );
    if (errno === errnoNumber("EBADF")) for (const [, fd] of sources) syscall("fcntl", fd, F_GETFD);
    if (errno !== 0) throw new SyscallError("execve", [file], errno);
    // Read from the memory that the call was given: so it cannot be collected before.
    return memory.bytes.readInt32LE(0);
  } finally {
    destroyActions(actions);
    for (const descriptor of moved) descriptor.close();
  }
}

/**
 * The descriptors are put in place one after the other, so that one which is itself a target would
 * be overwritten before its turn, and one that is already in its place would stay close-on-exec.
 * Those are moved above all targets first.
 */
function clearOfTargets(descriptors: ReadonlyMap<number, number>): {
  sources: Map<number, number>;
  moved: Descriptor[];
} {
  const above = Math.max(-1, ...descriptors.keys()) + 1;
  const sources = new Map(descriptors);
  const moved: Descriptor[] = [];
  try {
    for (const [target, source] of descriptors) {
      if (!descriptors.has(source)) continue;
      const copy = new Descriptor(syscall("fcntl", source, F_DUPFD_CLOEXEC, above));
      moved.push(copy);
      sources.set(target, copy.fd);
    }
  } catch (error) {
    for (const descriptor of moved) descriptor.close();
    throw error;
  }
  return { sources, moved };
}

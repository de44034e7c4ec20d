import { closeSync, constants, fstatSync, openSync, rmSync, statSync } from "node:fs";
import { LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, syscall, SyscallError } from "@x/syscall";
import { onClosing, type Listener } from "./closing.ts";
import { storeError } from "./store-error.ts";

/** How a lock is wanted. */
export interface LockOptions {
  /** Any number may hold it shared, or one alone. */
  readonly kind: "shared" | "exclusive";
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** The file is removed by who holds it last: for files of which there would be many. */
  readonly transient?: boolean;
}

/** A lock that is held; the kernel lets go of it when the process ends, however it ends. */
export interface Lock extends AsyncDisposable {
  /** Lets go; the second time it does nothing. */
  release(): void;
}

/**
 * Takes the lock of a file, which is made if need be, and waits for it without asking again and
 * again: every holder has the file open for writing, and that this ends is announced. Two tasks of
 * one process keep each other out as two processes do. Rejects with the signal's reason, or
 * `X_IMAGE_STORE`. Source: flock(2), inotify(7).
 */
export async function lock(path: string, options: LockOptions): Promise<Lock> {
  const { signal } = options;
  for (;;) {
    signal?.throwIfAborted();
    const fd = open(path);
    try {
      if (!attempt(fd, options)) await waitFor(fd, path, options);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    if (isStill(path, fd)) return held(path, fd, options);
    closeSync(fd);
  }
}

/** The lock if nobody is in the way now; undefined otherwise. Throws `X_IMAGE_STORE`. */
export function tryLock(path: string, options: LockOptions): Lock | undefined {
  const fd = open(path);
  try {
    if (attempt(fd, options) && isStill(path, fd)) return held(path, fd, options);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

function open(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw storeError(`cannot open the lock ${path}`, error);
  }
}

function attempt(fd: number, { kind }: LockOptions): boolean {
  try {
    syscall("flock", fd, (kind === "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && busy.has(error.code)) return false;
    throw error;
  }
}

const busy: ReadonlySet<string> = new Set(["EAGAIN", "EINTR"]);

/**
 * The kernel announces that a file is closed just before it lets go of its lock (`__fput` calls
 * `fsnotify_close`, then `locks_remove_file`), so one refusal after the news proves nothing yet:
 * milliseconds after which to try again.
 */
const afterwards = [0, 1, 10, 100, 1000] as const;

function waitFor(fd: number, path: string, options: LockOptions): Promise<void> {
  const { signal } = options;
  const { promise, resolve, reject } = withResolvers();
  let listener: Listener | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (finish: () => void): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    listener?.close();
    finish();
  };
  const aborted = (): void => end(() => reject(signal?.reason));
  const look = (tries: readonly number[]): void => {
    clearTimeout(timer);
    try {
      if (attempt(fd, options)) return end(resolve);
    } catch (error) {
      return end(() => reject(error));
    }
    const [delay, ...more] = tries;
    if (delay !== undefined) timer = setTimeout(look, delay, more);
  };
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    listener = onClosing(fd, () => look(afterwards));
    // The holder may have let go before anybody listened.
    look(afterwards);
  } catch (error) {
    end(() => reject(storeError(`cannot wait for the lock ${path}`, error)));
  }
  return promise;
}

interface Resolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function withResolvers(): Resolvers {
  let resolvers: Omit<Resolvers, "promise"> | undefined;
  const promise = new Promise<void>((resolve, reject) => (resolvers = { resolve, reject }));
  return { promise, ...resolvers! };
}

/** Whoever held it before may have removed the file: then the lock is of a file nobody else sees. */
function isStill(path: string, fd: number): boolean {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  const own = fstatSync(fd, { bigint: true });
  return found?.ino === own.ino && found.dev === own.dev;
}

function held(path: string, fd: number, { kind, transient }: LockOptions): Lock {
  let open = true;
  const release = (): void => {
    if (!open) return;
    open = false;
    if (transient === true && kind === "exclusive") rmSync(path, { force: true });
    // Closing alone is not enough: a child that is just being started has a copy for a moment.
    syscall("flock", fd, LOCK_UN);
    closeSync(fd);
  };
  return { release, [Symbol.asyncDispose]: async () => release() };
}

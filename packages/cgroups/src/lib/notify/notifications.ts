/** Announcements as they come, until the group is deleted, the loop is left, or `signal` aborts. */
export type Notifications<T> = AsyncIterableIterator<T> & AsyncDisposable;

/** For how long to listen. */
export interface NotifyOptions {
  /** Ends the loop: it throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where announcements go. */
export interface Listener<T> {
  emit(value: T): void;
  /** The group is gone. */
  end(): void;
  fail(reason: unknown): void;
}

/** What listens. It keeps the event loop alive only while somebody waits. */
export interface Registration {
  ref(): void;
  unref(): void;
  close(): void;
}

/** A `next()` that has not been answered. */
interface Waiting<T> {
  resolve(result: IteratorResult<T>): void;
  reject(reason: unknown): void;
}

interface Failure {
  readonly reason: unknown;
}

/**
 * Listens from now on, and hands out what is heard in its order. What `register` throws is thrown
 * here; a reason to fail is thrown by the loop, once all that was heard before has been handed out.
 */
export function notifications<T>(
  { signal }: NotifyOptions,
  register: (listener: Listener<T>) => Registration,
): Notifications<T> {
  signal?.throwIfAborted();
  const queue: T[] = [];
  const waiting: Waiting<T>[] = [];
  let registration: Registration = nothingYet;
  let failure: Failure | undefined;
  let done = false;

  const finish = (why?: Failure): void => {
    if (done) return;
    done = true;
    registration.close();
    signal?.removeEventListener("abort", abort);
    if (waiting.length === 0) failure = why;
    for (const one of waiting.splice(0)) {
      if (why === undefined) one.resolve(nothingMore);
      else one.reject(why.reason);
    }
  };
  const abort = (): void => {
    queue.length = 0;
    finish({ reason: signal?.reason });
  };
  const emit = (value: T): void => {
    if (done) return;
    const one = waiting.shift();
    if (one === undefined) {
      queue.push(value);
      return;
    }
    one.resolve({ value, done: false });
    if (waiting.length === 0) registration.unref();
  };

  registration = register({
    emit,
    end: () => finish(),
    fail: (reason) => finish({ reason }),
  });
  if (done) registration.close();
  else registration.unref();
  if (!done) signal?.addEventListener("abort", abort);

  return {
    next() {
      if (queue.length > 0) return Promise.resolve({ value: queue.shift() as T, done: false });
      if (failure !== undefined) {
        const { reason } = failure;
        failure = undefined;
        return Promise.reject(reason);
      }
      if (done) return Promise.resolve(nothingMore);
      registration.ref();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      queue.length = 0;
      failure = undefined;
      finish();
      return Promise.resolve(nothingMore);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      finish();
    },
  };
}

const nothingMore: IteratorResult<never> = { value: undefined, done: true };

/** What is heard while it begins comes before there is anything to close. */
const nothingYet: Registration = { ref: () => {}, unref: () => {}, close: () => {} };

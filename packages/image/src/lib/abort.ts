import { setMaxListeners } from "node:events";

/** Work of several parts, of which any ends all. */
export interface Stop {
  /** Aborted when the caller's signal is, or when this is stopped. */
  readonly signal: AbortSignal;
  stop(reason: unknown): void;
}

/** A way to end all parts of some work; as many of them may listen as there are. */
export function stopWith(outer: AbortSignal | undefined): Stop {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([controller.signal, outer]) : controller.signal;
  setMaxListeners(0, signal);
  return { signal, stop: (reason) => controller.abort(reason) };
}

/** What all parts came to. At the first failure the others are stopped, and waited for. */
export async function allOrNone<Value>(stop: Stop, parts: Promise<Value>[]): Promise<Value[]> {
  try {
    return await Promise.all(parts);
  } catch (error) {
    stop.stop(error);
    await Promise.allSettled(parts);
    throw error;
  }
}

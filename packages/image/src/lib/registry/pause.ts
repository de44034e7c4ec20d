import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

/** Waits, until the signal says otherwise; then rejects with its reason. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Waits for work that goes on for others too, until the signal says otherwise. */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const done = new AbortController();
  const aborted = once(signal, "abort", { signal: done.signal }).then(
    () => Promise.reject(signal.reason as unknown),
    () => work,
  );
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

import type { Answer } from "./exchange.ts";
import { isPassing } from "./network-error.ts";
import { pause } from "./pause.ts";
import { backOff, isPassingStatus, retryAfter, type RetryPolicy } from "./retry.ts";

/**
 * Asks until the answer is one that will not change by asking again, or the tries are used up:
 * then gives the last answer, or rejects with the last error.
 */
export async function persist(
  ask: () => Promise<Answer>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    const last = attempt >= policy.retries;
    let wait = backOff(attempt, policy.delay, Math.random());
    try {
      const answer = await ask();
      if (last || !isPassingStatus(answer.status)) return answer;
      await answer.discard();
      wait = retryAfter(answer.headers.get("retry-after"), Date.now()) ?? wait;
    } catch (error) {
      signal?.throwIfAborted();
      if (last || !isPassing(error)) throw error;
    }
    await pause(wait, signal);
  }
}

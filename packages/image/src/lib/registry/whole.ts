import { readAll } from "./exchange.ts";
import type { RegistryClient, RegistryQuestion } from "./client.ts";
import { isPassing, networkError } from "./network-error.ts";
import { pause } from "./pause.ts";
import { backOff } from "./retry.ts";

/** An answer and all of its body. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly url: URL;
  readonly bytes: Uint8Array;
}

/**
 * Asks and reads the answer to its end, from the beginning again where the connection breaks.
 * Throws what `ask` throws, and `X_IMAGE_SIZE` for a body over `limit` bytes.
 */
export async function askWhole(
  client: RegistryClient,
  question: RegistryQuestion,
  limit: number,
): Promise<WholeAnswer> {
  const { retries, delay } = client.policy;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await client.ask(question);
    try {
      const bytes = await readAll(answer, limit, "an answer");
      return { status: answer.status, headers: answer.headers, url: answer.url, bytes };
    } catch (error) {
      question.signal?.throwIfAborted();
      if (attempt >= retries || !isPassing(error)) {
        throw networkError(error, question.doing, answer.url);
      }
    }
    await pause(backOff(attempt, delay, Math.random()), question.signal);
  }
}

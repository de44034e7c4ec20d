import type { Contestant } from "./contestant.ts";

export interface MeasureOptions {
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly warmUp: number;
  readonly signal: AbortSignal;
}

/**
 * Lets all contestants run in turns and returns how long each took, in milliseconds, by name. The
 * order is another one in each round: what one leaves for the kernel to clean up (a network
 * namespace is torn down after its last process has been reaped) slows down the next.
 */
export async function measure(
  contestants: readonly Contestant[],
  { rounds, warmUp, signal }: MeasureOptions,
): Promise<Map<string, number[]>> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const { name, run } of shuffled(contestants)) {
      signal.throwIfAborted();
      const begin = performance.now();
      await run().catch((error: unknown) => {
        signal.throwIfAborted(); // Ctrl-C ends the peer, too
        throw error;
      });
      const time = performance.now() - begin;
      if (round >= 0) times.get(name)!.push(time);
    }
  }
  return times;
}

/** The same elements in another order: Fisher and Yates. */
export function shuffled<T>(list: readonly T[]): T[] {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

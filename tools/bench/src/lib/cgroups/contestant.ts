/** What is done with each group, one after the other. */
export const operations = ["create", "move", "stat", "delete"] as const;

export type Operation = (typeof operations)[number];

/** Microseconds for one group. */
export type Times = Readonly<Record<Operation, number>>;

/** One way of dealing with control groups. */
export interface Contestant {
  readonly name: string;
  /**
   * Makes a group for each of these processes, moves it in, asks what the group uses, and deletes
   * the group, with the process out of it before.
   */
  readonly round: (pids: readonly number[]) => Promise<Times>;
}

/** Does something for each, one after the other; how many microseconds one took. */
export async function each<T>(
  all: readonly T[],
  act: (one: T, index: number) => void | Promise<void>,
): Promise<number> {
  const begin = performance.now();
  for (const [index, one] of all.entries()) {
    const done = act(one, index);
    // To wait for what is done already would be measured, too.
    if (done !== undefined) await done;
  }
  return ((performance.now() - begin) * 1000) / all.length;
}

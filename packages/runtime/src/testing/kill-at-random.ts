import { seeded } from "./seeded.ts";
import type { StartX, XOutcome } from "./x-process.ts";

/** A command that is killed while it works on a store, again and again. */
export interface Killing {
  readonly startX: StartX;
  readonly store: string;
  /** How many kills have to strike it at work. */
  readonly kills: number;
  readonly seed: number;
  /** The command, the n-th time. */
  readonly args: (time: number) => readonly string[];
  /** What must hold after each kill; it leaves the store as the next time needs it. */
  readonly afterwards: (time: number) => Promise<void>;
}

/**
 * Kills a command at random moments from its beginning to its end, the moments spread evenly over
 * the time that it takes. Those that come too late do not count.
 *
 * @returns how many kills struck it at work
 */
export async function killAtRandom(killing: Killing): Promise<number> {
  const { startX, store, kills, seed, args, afterwards } = killing;
  const random = seeded(seed);
  const runX = async (time: number, killAfter?: number): Promise<XOutcome> => {
    const options = killAfter === undefined ? {} : { killAfter };
    const outcome = await startX(store, args(time), options).outcome;
    const { signal, status, stderr } = outcome;
    if (signal === "SIGKILL" || status === 0) return outcome;
    throw new Error(`${args(time).join(" ")} failed by itself: ${stderr}`);
  };
  let { duration = 0 } = await runX(0);
  await afterwards(0);
  let [struck, late] = [0, 0];
  while (struck < kills) {
    const time = struck + late + 1;
    if (late > 2 * kills) throw new Error(`only ${struck} of ${time} kills came in time`);
    const moment = ((struck + random()) / kills) * duration;
    const outcome = await runX(time, moment);
    if (outcome.duration === undefined) struck++;
    else {
      late++;
      duration = outcome.duration;
    }
    await afterwards(time);
  }
  return struck;
}

import { explainLines, type Timing } from "@x/plan";
import { planOf, start } from "@x/runtime";
import { sandboxOf } from "./ours.ts";
import { median } from "./statistics.ts";

/** A part of a launch and how long it takes. */
export interface Share {
  readonly what: string;
  readonly microseconds: number;
}

/** Where the time of a launch goes. */
export interface Profile {
  /** One after the other, from the call to the end. */
  readonly phases: readonly Share[];
  /** Those that take longest, as `explain` numbers them. */
  readonly slowest: readonly Share[];
}

const SLOWEST = 10;
const phaseNames = [
  "learn, plan, compile and spawn, until the launcher's first call",
  "the system calls, until the command is executed",
  "the command, the end of its namespaces, the launcher reaped",
] as const;

/** Traces launches and takes medians. Tracing adds three system calls to each. */
export async function profile(root: string, launches: number): Promise<Profile> {
  const sandbox = sandboxOf(root, "/bin/true");
  const lines = explainLines(planOf(sandbox));
  const calls = lines.map(() => [] as number[]);
  const phases = phaseNames.map(() => [] as number[]);
  for (let i = 0; i < launches; i++) {
    const begin = process.hrtime.bigint();
    const container = await start(sandbox, { stdio: "ignore", trace: true });
    await container.exited;
    const ends = [begin, ...bounds(container.timings), process.hrtime.bigint()];
    for (const { index, durationNs } of container.timings) {
      calls[index - 1]!.push(durationNs / 1000);
    }
    phases.forEach((times, n) => times.push(Number(ends[n + 1]! - ends[n]!) / 1000));
  }
  const byCall = lines.flatMap(({ index, text }, i) =>
    calls[i]!.length === 0 ? [] : [share(`${index} ${text}`, calls[i]!)],
  );
  return {
    phases: phases.map((times, n) => share(phaseNames[n]!, times)),
    slowest: byCall.toSorted((a, b) => b.microseconds - a.microseconds).slice(0, SLOWEST),
  };
}

/** When the launcher's first call began, and when the last before the command's `execve` ended. */
function bounds(timings: readonly Timing[]): [bigint, bigint] {
  const starts = timings.map(({ startNs }) => startNs);
  const ends = timings
    .filter(({ depth }) => depth > 0)
    .map(({ startNs, durationNs }) => startNs + BigInt(durationNs));
  return [starts.reduce((a, b) => (a < b ? a : b)), ends.reduce((a, b) => (a > b ? a : b))];
}

function share(what: string, times: readonly number[]): Share {
  return { what, microseconds: median(times) };
}

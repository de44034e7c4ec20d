import type { Controller } from "../controller.ts";
import { parseDigits } from "../parse/flat-keyed.ts";
import type { CpuStat } from "../stat.ts";

/**
 * CPU time used: Documentation/admin-guide/cgroup-v1/cpuacct.rst. It limits nothing.
 *
 * Two files tell all: the total is the sum over the CPUs in `usage_percpu`, and `usage_all` splits
 * each CPU's ticks into user and system, in nanoseconds (`cpuacct.stat` has hundredths of a second).
 */
export const cpuacct: Controller = {
  name: "cpuacct",
  fields: [],
  stat: {
    cpu(files): CpuStat | undefined {
      const perCpu = files.read("cpuacct.usage_percpu");
      if (perCpu === undefined) return undefined;
      const nanoseconds = numbersOf(perCpu);
      const split = files.read("cpuacct.usage_all");
      return {
        usageUsec: microseconds(sum(nanoseconds)),
        perCpuUsec: nanoseconds.map(microseconds),
        ...(split === undefined ? {} : userAndSystem(split)),
      };
    },
  },
};

/** `cpu user system`, then a line for each CPU. */
function userAndSystem(text: string): Pick<CpuStat, "userUsec" | "systemUsec"> {
  const numbers = numbersOf(text.slice(text.indexOf("\n") + 1));
  let [user, system] = [0, 0];
  for (let at = 0; at + 2 < numbers.length; at += 3) {
    user += numbers[at + 1]!;
    system += numbers[at + 2]!;
  }
  return { userUsec: microseconds(user), systemUsec: microseconds(system) };
}

/** The numbers of a text, whatever white space is between them. */
function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  for (let start = 0; start < text.length;) {
    let stop = start;
    while (stop < text.length && text.charCodeAt(stop) > 0x20) stop++;
    const number = stop > start ? parseDigits(text, start, stop) : undefined;
    if (number !== undefined) numbers.push(number);
    start = stop + 1;
  }
  return numbers;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const microseconds = (nanoseconds: number): number => Math.floor(nanoseconds / 1000);

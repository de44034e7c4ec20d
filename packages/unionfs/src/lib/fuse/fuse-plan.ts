import { PR_SET_PDEATHSIG, signalNumber } from "@x/syscall";
import { exec, step, type Plan } from "@x/plan";
import type { Stack } from "../validate.ts";

/** The first descriptor that a launch passes on. */
const FIRST = 3;

/** What is to be stacked by the program. */
export interface FuseUnion {
  readonly program: string;
  /** An absolute path: the program unmounts by it when it ends. */
  readonly target: string;
  readonly stack: Pick<Stack, "lower" | "upper">;
  readonly volatile: boolean;
}

/**
 * The plan that becomes fuse-overlayfs. It is told the layers by the numbers of their descriptors,
 * which are passed to the launch in the order of {@link fuseDirectories}: nothing is escaped. It
 * ends, and so does its mount, with the process that launches it. A pure function.
 */
export function fusePlan({ program, target, stack, volatile }: FuseUnion): Plan {
  const { lower, upper } = stack;
  const path = (fd: number): string => `/proc/self/fd/${fd}`;
  const at = FIRST + lower.length;
  const options = [
    `lowerdir=${lower.map((_, i) => path(FIRST + i)).join(":")}`,
    ...(upper === undefined ? [] : [`upperdir=${path(at)}`, `workdir=${path(at + 1)}`]),
    ...(volatile ? ["volatile"] : []),
  ];
  return [
    step("prctl", [PR_SET_PDEATHSIG, signalNumber("SIGTERM")], {
      why: "it unmounts and ends when we end",
    }),
    exec([program], ["fuse-overlayfs", "-f", "-o", options.join(","), target], [PATH], {
      why: "it stacks the layers, in the foreground",
    }),
  ];
}

/** The directories whose descriptors the launch is to pass on. */
export function fuseDirectories({ lower, upper }: Pick<Stack, "lower" | "upper">): string[] {
  return [...lower, ...(upper === undefined ? [] : [upper.upper, upper.work])];
}

/** For fusermount3, which an ordinary user's mount needs. */
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

import { PR_SET_PDEATHSIG, signalNumber } from "@x/syscall";
import { exec, result, step, type Plan, type Step } from "@x/plan";
import { namesOf } from "../overlay/names.ts";
import { makeScratch, scratchDirectory } from "../overlay/scratch.ts";
import type { Stack } from "../validate.ts";

/** The first descriptor that a launch passes on. */
const FIRST = 3;
/** Numbers of descriptors that nothing else has; below every limit on them. */
const [UPPER, WORK] = [900, 901];

/** What is to be stacked by the program. */
export interface FuseUnion {
  readonly program: string;
  /** An absolute path: the program unmounts by it when it ends. */
  readonly target: string;
  readonly stack: Stack;
  readonly volatile: boolean;
}

/**
 * The plan that becomes fuse-overlayfs. It is told the layers by the numbers of their descriptors,
 * which are passed to the launch in the order of {@link fuseDirectories}: nothing is escaped. It
 * ends, and so does its mount, with the process that launches it. A pure function.
 */
export function fusePlan({ program, target, stack, volatile }: FuseUnion): Plan {
  const { lower, upper, tmpfs } = stack;
  const path = (fd: number): string => `/proc/self/fd/${fd}`;
  const at = FIRST + lower.length;
  const [up, work] = tmpfs === undefined ? [at, at + 1] : [UPPER, WORK];
  const options = [
    `lowerdir=${lower.map((_, i) => path(FIRST + i)).join(":")}`,
    ...(upper === undefined && tmpfs === undefined
      ? []
      : [`upperdir=${path(up)}`, `workdir=${path(work)}`]),
    ...(volatile ? ["volatile"] : []),
  ];
  return [
    step("prctl", [PR_SET_PDEATHSIG, signalNumber("SIGTERM")], {
      why: "it unmounts and ends when we end",
    }),
    ...(tmpfs === undefined ? [] : upperInMemory(tmpfs.sizeBytes)),
    exec([program], ["fuse-overlayfs", "-f", "-o", options.join(","), target], [PATH], {
      why: "it stacks the layers, in the foreground",
    }),
  ];
}

/** The directories whose descriptors the launch is to pass on. */
export function fuseDirectories({ lower, upper }: Stack): string[] {
  return [...lower, ...(upper === undefined ? [] : [upper.upper, upper.work])];
}

/** For fusermount3, which an ordinary user's mount needs. */
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A file system that is attached nowhere, and ends with the program that has it open. */
function upperInMemory(sizeBytes: number | undefined): Step[] {
  const names = namesOf("union");
  return [
    ...makeScratch(names, sizeBytes, "what is written goes into memory"),
    ...scratchDirectory(names, "upper", names.upper),
    ...scratchDirectory(names, "work", names.work),
    step("dup3", [result(names.upper.result), UPPER, 0], {
      why: "under a number known beforehand",
    }),
    step("dup3", [result(names.work.result), WORK, 0]),
  ];
}

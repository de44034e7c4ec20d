import { readdirSync, readFileSync } from "node:fs";
import { parseCpuList } from "./parse/cpu-list.ts";

/** What there is to be limited: what a description is checked against. */
export interface Machine {
  /** CPUs that are online. */
  readonly cpus: readonly number[];
  /** Memory nodes that are online. */
  readonly mems: readonly number[];
  /** Sizes of huge pages, as the files of the hugetlb controller are named: `2MB`, `1GB`. */
  readonly pageSizes: readonly string[];
}

/**
 * The machine that this process runs on, as sysfs tells; read at the first call and kept. Throws
 * Node's own error where there is no sysfs.
 */
export function readMachine(): Machine {
  kept ??= machineOf({
    text: (file) => ifThere(() => readFileSync(file, "latin1").trim()),
    names: (directory) => ifThere(() => readdirSync(directory)) ?? [],
  });
  return kept;
}

/** How {@link machineOf} looks at sysfs. */
export interface Looks {
  text(file: string): string | undefined;
  names(directory: string): readonly string[];
}

/** The machine that these files tell of. Without NUMA all memory is node 0. */
export function machineOf({ text, names }: Looks): Machine {
  const cpus = text("/sys/devices/system/cpu/online") ?? "0";
  const mems = text("/sys/devices/system/node/online") ?? "0";
  const sizes = names("/sys/kernel/mm/hugepages").flatMap(
    (name) => /^hugepages-(\d+)kB$/.exec(name)?.[1] ?? [],
  );
  return {
    cpus: parseCpuList(cpus, "cpus"),
    mems: parseCpuList(mems, "mems"),
    pageSizes: sizes
      .map(Number)
      .toSorted((a, b) => a - b)
      .map(pageSizeName),
  };
}

let kept: Machine | undefined;

/** As mm/hugetlb_cgroup.c names its files: the greatest unit, rounded down. */
function pageSizeName(kilobytes: number): string {
  if (kilobytes >= 1024 * 1024) return `${Math.floor(kilobytes / (1024 * 1024))}GB`;
  return kilobytes >= 1024 ? `${Math.floor(kilobytes / 1024)}MB` : `${kilobytes}KB`;
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

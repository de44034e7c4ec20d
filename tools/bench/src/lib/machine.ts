import { availableParallelism, loadavg, release } from "node:os";

/** Where it was measured. */
export interface Machine {
  readonly kernel: string;
  readonly node: string;
  readonly cpus: number;
  /** Load average of the minute before, at the end of the run. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  return {
    kernel: release(),
    node: process.version,
    cpus: availableParallelism(),
    load: loadavg()[0]!,
  };
}

/** The same in words. */
export function machineText({ kernel, node, cpus, load }: Machine): string {
  return `Linux ${kernel}, Node ${node}, ${cpus} CPUs, load ${load.toFixed(1)}`;
}

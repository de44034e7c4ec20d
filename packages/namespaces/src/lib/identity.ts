import { readFileSync } from "node:fs";
import { CAP_SETGID, CAP_SETUID, thisArch } from "@x/syscall";

/** Who the calling thread is, as far as id maps are concerned. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly canSetuid: boolean;
  readonly canSetgid: boolean;
}

/**
 * The calling thread's effective ids and capabilities. Node makes synchronous file calls in the
 * thread that asks, so `/proc/thread-self` is this one.
 *
 * Throws `UnsupportedPlatformError`. Source: proc_pid_status(5).
 */
export function identity(): Identity {
  thisArch();
  const status = readFileSync("/proc/thread-self/status", "latin1");
  const capabilities = BigInt(`0x${field(status, "CapEff")[0]}`);
  const has = (capability: number): boolean => ((capabilities >> BigInt(capability)) & 1n) === 1n;
  return {
    uid: Number(field(status, "Uid")[1]),
    gid: Number(field(status, "Gid")[1]),
    canSetuid: has(CAP_SETUID),
    canSetgid: has(CAP_SETGID),
  };
}

function field(status: string, name: string): string[] {
  const line = new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status)?.[1];
  if (line === undefined) throw new Error(`/proc/thread-self/status has no line for ${name}`);
  return line.split(/\s+/);
}

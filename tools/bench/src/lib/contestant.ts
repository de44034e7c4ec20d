import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { BenchError } from "./bench-error.ts";

/** One way of running a program, from the call until it has been reaped. */
export interface Contestant {
  readonly name: string;
  /** Runs `/bin/true` once. Rejects when it does not end with 0. */
  readonly run: () => Promise<void>;
}

/** A program that `child_process.spawn` starts, as most programs that use containers do. */
export interface Peer {
  readonly name: string;
  readonly file: string;
  /** The Debian package that has it. */
  readonly package: string;
  /** Its arguments; each launch may have others. */
  readonly args: () => readonly string[];
  /** Removes what a launch that was cut short has left. */
  readonly clean?: () => void;
}

/** Throws a BenchError that names what to install when one is not in `PATH`. */
export function checkPeers(peers: readonly Peer[]): void {
  const missing = peers.filter(({ file }) => !isInPath(file));
  if (missing.length === 0) return;
  const names = missing.map(({ file }) => file).join(", ");
  const packages = missing.map((peer) => peer.package).join(" ");
  throw new BenchError(`${names} not found in PATH; apt-get install ${packages}`);
}

/** Runs a peer as a contestant, with stdio ignored. */
export function contestantOf({ name, file, args }: Peer): Contestant {
  return { name, run: () => spawned(file, args(), "ignore") };
}

/** Runs a peer once with its complaints shown. Throws a BenchError when it cannot. */
export async function tryPeer({ name, file, args }: Peer): Promise<void> {
  try {
    await spawned(file, args(), "inherit");
  } catch (error) {
    throw new BenchError(`${name} does not work here: ${(error as Error).message}`);
  }
}

function spawned(
  file: string,
  args: readonly string[],
  stderr: "ignore" | "inherit",
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "ignore", stderr] });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${file} ended with ${signal ?? code}`));
    });
  });
}

/** Whether there is such a program. */
export function isInPath(file: string): boolean {
  if (file.includes("/")) return isExecutable(file);
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, file)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

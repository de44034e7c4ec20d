import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { VmError } from "./vm-error.ts";

/** A program of the machine that boots the guests, and the Debian package that brings it. */
export interface Program {
  name: string;
  debianPackage: string;
}

export const programs: Record<ProgramName, Program> = {
  aptGet: { name: "apt-get", debianPackage: "apt" },
  aptCache: { name: "apt-cache", debianPackage: "apt" },
  dpkgDeb: { name: "dpkg-deb", debianPackage: "dpkg" },
  xz: { name: "xz", debianPackage: "xz-utils" },
  zstd: { name: "zstd", debianPackage: "zstd" },
  setpriv: { name: "setpriv", debianPackage: "util-linux" },
  qemuX64: { name: "qemu-system-x86_64", debianPackage: "qemu-system-x86" },
  qemuArm64: { name: "qemu-system-aarch64", debianPackage: "qemu-system-arm" },
};

type ProgramName =
  | "aptGet"
  | "aptCache"
  | "dpkgDeb"
  | "xz"
  | "zstd"
  | "setpriv"
  | "qemuX64"
  | "qemuArm64";

export interface RunOptions {
  directory?: string;
  signal?: AbortSignal | undefined;
}

/** The path of a program found through PATH. Throws X_VM_MISSING_PROGRAM with the remedy. */
export function requireProgram({ name, debianPackage }: Program): string {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder !== "" && isExecutable(join(folder, name))) {
      return join(folder, name);
    }
  }
  throw new VmError(
    "X_VM_MISSING_PROGRAM",
    `${name} is not installed on this machine: apt-get install --no-install-recommends ${debianPackage}`,
  );
}

/**
 * Runs a program to its end and returns what it printed. Throws X_VM_PROGRAM_FAILED with what it
 * complained about; rejects with the signal's reason when aborted.
 */
export async function run(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { directory, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(requireProgram(program), args, {
    cwd: directory,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  let output = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killedBy) => resolve(code ?? killedBy));
  }).finally(() => signal?.removeEventListener("abort", kill));
  signal?.throwIfAborted();
  if (status !== 0) {
    throw new VmError(
      "X_VM_PROGRAM_FAILED",
      `${program.name} ${args.join(" ")} ended with ${status}: ${complaint.trim() || output.trim()}`,
    );
  }
  return output;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

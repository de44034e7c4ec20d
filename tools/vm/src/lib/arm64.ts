import { readFileSync, statSync } from "node:fs";
import { boot, type BootOptions, type GuestResult } from "./boot.ts";
import { commandScript } from "./guest-command.ts";
import { guestSystem } from "./guest-system.ts";
import { initramfs } from "./initramfs.ts";
import { arm64Machine } from "./machine.ts";
import { commandLine } from "./shell.ts";
import { VmError } from "./vm-error.ts";

/** A file for the guest: the path of one here, which keeps its mode, or what it holds. */
export type GuestFile = string | { content: string | Uint8Array; mode?: number };

export interface Arm64Options extends BootOptions {
  /** The program and its arguments: a busybox applet by name, or one of `files` by path. */
  command: readonly [string, ...string[]];
  /** By their path in the guest. */
  files?: Readonly<Record<string, GuestFile>>;
  /** In the guest. Default: `/`. */
  cwd?: string | undefined;
  /** Beside PATH and HOME, which it may replace. */
  env?: Readonly<Record<string, string>>;
  /** Default: 1. */
  cpus?: number | undefined;
  /** Default: 512. */
  memoryMiB?: number | undefined;
  /** Kernel modules to load at the start, beside `overlay`. */
  modules?: readonly string[];
  /** Let the kernel say all it has to say to `console`. */
  verbose?: boolean | undefined;
}

const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };
const rootModules = ["virtio_mmio", "virtio_console", "overlay"];

/**
 * Runs a command as root under Debian's arm64 kernel, on a root of busybox alone that holds the
 * given files. Throws VmError; a command that fails or times out is a result.
 */
export async function runArm64(options: Arm64Options): Promise<GuestResult> {
  const { command, files = {}, cwd = "/", env = {} } = options;
  const { cpus = 1, memoryMiB = 512, modules = [], verbose = false } = options;
  const script = commandScript(
    { argv: command, directory: cwd, env: { ...environment, ...env } },
    "/usr/bin/env",
  );
  const placed = Object.entries(files).map(([path, file], index) => ({
    path: absolute(path),
    source: `x/files/${index}`,
    file: read(file),
  }));
  const system = await guestSystem("arm64", options.signal);
  return boot(
    arm64Machine({ kernel: system.kernel, cpus, memoryMiB, verbose }),
    initramfs({
      system,
      modules: [...rootModules, ...modules],
      root: "root-arm64.sh",
      places: placed.map(({ path, source }) => commandLine("place", `/${source}`, path)).join(""),
      command: script,
      files: Object.fromEntries(placed.map(({ source, file }) => [source, file])),
    }),
    options,
  );
}

function absolute(path: string): string {
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    throw new VmError("X_VM_BAD_OPTION", `a file's path in the guest is absolute, not ${path}`);
  }
  return path;
}

function read(file: GuestFile): { content: Uint8Array; mode: number } {
  return typeof file === "string"
    ? { content: readFileSync(file), mode: statSync(file).mode & 0o7777 }
    : { content: Buffer.from(file.content), mode: file.mode ?? 0o644 };
}

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { boot, type BootOptions, type GuestResult } from "./boot.ts";
import { commandScript } from "./guest-command.ts";
import { guestSystem, type GuestSystem } from "./guest-system.ts";
import { initramfs } from "./initramfs.ts";
import { x64Machine, type SharedFolder } from "./machine.ts";
import { commandLine } from "./shell.ts";
import { VmError } from "./vm-error.ts";

export interface X64Options extends BootOptions {
  command: string;
  args?: readonly string[];
  /** In the guest, which has this machine's folders. Default: the root of this repository. */
  cwd?: string | undefined;
  /** Beside PATH (this process's Node first), HOME, LANG and USER, which it may replace. */
  env?: Readonly<Record<string, string>>;
  /** Default: 2. */
  cpus?: number | undefined;
  /** Half of it is what the guest may write to its root. Default: 4096. */
  memoryMiB?: number | undefined;
  /** Kernel modules to load at the start. Others load when the guest's kernel asks for them. */
  modules?: readonly string[];
  /** Folders of this machine that the guest may write to, by their path in the guest. */
  writable?: Readonly<Record<string, string>>;
  /** Let the kernel say all it has to say to `console`. */
  verbose?: boolean | undefined;
}

const repository = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
const rootModules = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay"];
/** Where the guest mounts file systems of its own, hiding what the machine has there. */
const covered = ["/dev", "/proc", "/run", "/sys", "/tmp"];

/**
 * Runs a command as root under Debian's amd64 kernel with a pure cgroup v2 tree. Its root is this
 * machine's own, to be read; what it writes is gone with the guest. /tmp, /run and /dev/shm are
 * tmpfs. There is no network but loopback. Throws VmError; a command that fails or times out is a
 * result.
 */
export async function runX64(options: X64Options): Promise<GuestResult> {
  const { command, args = [], cwd = repository, env = {}, writable = {} } = options;
  const { cpus = 2, memoryMiB = 4096, modules = [], verbose = false } = options;
  const nodeFolder = dirname(process.execPath);
  const script = commandScript(
    { argv: [command, ...args], directory: cwd, env: { ...environment(nodeFolder), ...env } },
    "/usr/bin/env",
  );
  const system = await guestSystem("x64", options.signal);
  const writableFolders = Object.entries(writable).map(([path, folder], index) => ({
    path,
    share: { tag: `writable${index}`, folder: existing(folder), writable: true },
  }));
  const folders: SharedFolder[] = [
    { tag: "root", folder: "/", writable: false },
    { tag: "modules", folder: system.modules, writable: false },
    ...writableFolders.map(({ share }) => share),
  ];
  const places = [...new Set([repository, nodeFolder].filter(isCovered))].map((path) =>
    commandLine("keep", path),
  );
  places.push(commandLine("share", "modules", modulesFolder(system), "ro,cache=loose"));
  for (const { path, share } of writableFolders) {
    places.push(commandLine("share", share.tag, path, "rw"));
  }
  return boot(
    x64Machine({ kernel: system.kernel, cpus, memoryMiB, folders, verbose }),
    initramfs({
      system,
      modules: [...rootModules, ...modules],
      root: "root-x64.sh",
      places: places.join(""),
      command: script,
    }),
    options,
  );
}

function environment(nodeFolder: string): Record<string, string> {
  const folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return { PATH: `${nodeFolder}:${folders}`, HOME: "/root", LANG: "C.UTF-8", USER: "root" };
}

function modulesFolder(system: GuestSystem): string {
  return `/lib/modules/${system.release}`;
}

function isCovered(path: string): boolean {
  return covered.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function existing(folder: string): string {
  if (!existsSync(folder)) {
    throw new VmError("X_VM_BAD_OPTION", `no folder to share with the guest: ${folder}`);
  }
  return resolve(folder);
}

import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { cpio, type CpioEntry } from "./cpio.ts";
import type { GuestSystem } from "./guest-system.ts";
import { loadOrder } from "./kernel-modules.ts";

export interface InitramfsParts {
  system: GuestSystem;
  /** Kernel modules to load before anything else, by name; what they need comes along. */
  modules: readonly string[];
  /** The file in `guest/` that mounts the root. */
  root: "root-x64.sh" | "root-arm64.sh";
  /** Shell lines that run when the root and its mounts are in place. */
  places: string;
  /** Shell lines that become the command. */
  command: string;
  /** What `places` refers to: files by their path in the initramfs. */
  files?: Readonly<Record<string, { content: Uint8Array; mode: number }>>;
}

const guestFolder = new URL("../../guest/", import.meta.url);

/** The guest's initial root: busybox, modules, and the scripts in `guest/`. */
export function initramfs(parts: InitramfsParts): Buffer {
  const files: CpioEntry[] = [
    file("init", guestScript("init.sh"), 0o755),
    file("bin/busybox", readFileSync(parts.system.busybox), 0o755),
    file("x/root.sh", guestScript(parts.root)),
    file("x/supervise.sh", guestScript("supervise.sh")),
    file("x/places.sh", Buffer.from(parts.places)),
    file("x/command.sh", Buffer.from(parts.command)),
    ...loadOrder(parts.system.modules, parts.modules).map((path, index) =>
      file(`x/modules/${String(index).padStart(3, "0")}-${basename(path)}`, readFileSync(path)),
    ),
    ...Object.entries(parts.files ?? {}).map(([path, { content, mode }]) =>
      file(path, content, mode),
    ),
  ];
  return cpio([...foldersOf(files), ...files]);
}

function guestScript(name: string): Uint8Array {
  return readFileSync(new URL(name, guestFolder));
}

function file(path: string, content: Uint8Array, mode = 0o644): CpioEntry {
  return { path, type: "file", mode, content };
}

/** The folders that hold the files, outer ones first. */
function foldersOf(entries: readonly CpioEntry[]): CpioEntry[] {
  const folders = new Set<string>();
  const add = (path: string): void => {
    if (path !== "." && !folders.has(path)) {
      add(dirname(path));
      folders.add(path);
    }
  };
  entries.forEach((entry) => add(dirname(entry.path)));
  return [...folders].map((path) => ({ path, type: "directory" }));
}

import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "./bench-error.ts";

const places = ["/usr/bin/busybox", "/bin/busybox"];
const programs = ["sh", "sleep", "true"];
const mountPoints = ["dev", "proc", "sys"];

/** Makes a root directory with nothing but a static busybox in it. */
export function makeRootDirectory(root: string): void {
  const busybox = places.find((path) => existsSync(path));
  if (busybox === undefined) {
    throw new BenchError("busybox not found; apt-get install busybox-static");
  }
  mkdirSync(join(root, "bin"), { recursive: true });
  copyFileSync(busybox, join(root, "bin", "busybox"));
  for (const name of programs) symlinkSync("busybox", join(root, "bin", name));
  for (const name of mountPoints) mkdirSync(join(root, name));
}

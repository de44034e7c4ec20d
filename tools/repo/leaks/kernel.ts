import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The mounts of this process, each by id, place and type. */
export function mounts(): string[] {
  if (!existsSync("/proc/self/mountinfo")) {
    return [];
  }
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  return lines.map((line) => {
    const [id, , , , place] = line.split(" ");
    return `mount ${id} at ${place} (${line.split(" - ")[1]?.split(" ")[0]})`;
  });
}

/** Network devices: a container's end that fell back to the host, a bridge nobody removed. */
export function devices(): string[] {
  return folders("/sys/class/net").map((path) => `network device ${basename(path)}`);
}

/** Control groups named by x, in every hierarchy, and what is below them. */
export function cgroups(): string[] {
  return walk("/sys/fs/cgroup", 6)
    .filter((path) => /\/x(-[^/]*)?(\/|$)/.test(path))
    .map((path) => `cgroup ${path}`);
}

function walk(folder: string, depth: number): string[] {
  return depth === 0 ? [] : folders(folder).flatMap((path) => [path, ...walk(path, depth - 1)]);
}

function folders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isFile()).map((entry) => join(folder, entry.name));
  } catch (error) {
    if (
      ["ENOENT", "EACCES", "ENOTDIR", "ENODEV"].includes(
        (error as NodeJS.ErrnoException).code ?? "",
      )
    ) {
      return [];
    }
    throw error;
  }
}

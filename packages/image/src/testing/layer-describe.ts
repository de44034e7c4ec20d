import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { join } from "node:path";

/** A real tree as lines of text, by path, as `describeModel` writes the model's. */
export function describeTree(root: string, withLinks: boolean): Record<string, string> {
  const lines: Record<string, string> = {};
  const inodes = new Map<bigint, string[]>();
  const found: [path: string, inode: bigint, line: string][] = [];
  const visit = (path: string): void => {
    const place = join(root, path);
    const status = lstatSync(place, { bigint: true });
    const type = typeOf(status);
    found.push([
      path,
      status.ino,
      [type, (Number(status.mode) & 0o7777).toString(8), status.mtimeNs, textOf(place, type)].join(
        " ",
      ),
    ]);
    inodes.set(status.ino, [...(inodes.get(status.ino) ?? []), path]);
    if (type !== "directory") return;
    for (const name of readdirSync(place)) visit(path === "." ? name : `${path}/${name}`);
  };
  visit(".");
  for (const [path, inode, line] of found) {
    const same = inodes.get(inode)!;
    lines[path] = `${line} ${withLinks && same.length > 1 ? same.toSorted().join(",") : ""}`;
  }
  return lines;
}

function typeOf(status: BigIntStats): string {
  if (status.isDirectory()) return "directory";
  if (status.isSymbolicLink()) return "symlink";
  if (status.isFIFO()) return "fifo";
  return status.isFile() ? "file" : "other";
}

function textOf(place: string, type: string): string {
  if (type === "symlink") return readlinkSync(place);
  return type === "file" ? readFileSync(place, "utf8") : "";
}

import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { applyLayer, type Applied, type ApplyOptions } from "../lib/layer/apply.ts";
import { archive, chunked, type ArchiveEntry } from "./layer-archive.ts";
import { temporaryDirectory, type TemporaryDirectory } from "./layer-directory.ts";

/** A host for break-outs: `root` lies two directories below `path`, both with an `etc` to hurt. */
export interface Host extends TemporaryDirectory {
  /** All that is known of what lies outside the root. */
  canaries(): Record<string, string>;
}

/** Makes a host in a temporary directory. */
export function makeHost(): Host {
  const place = temporaryDirectory();
  const path = join(place.path, "host");
  const root = join(path, "a/root");
  mkdirSync(root, { recursive: true });
  for (const etc of [join(path, "etc"), join(path, "a/etc")]) {
    mkdirSync(etc);
    writeFileSync(join(etc, "passwd"), "outside");
    writeFileSync(join(etc, "emptied"), "outside");
    chmodSync(join(etc, "passwd"), 0o600);
  }
  return {
    path,
    root,
    canaries: () => look(path, root),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

function look(path: string, root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(path)) {
    const place = join(path, name);
    const { ino, mode, uid, gid, nlink, size, mtimeNs, ctimeNs } = lstatSync(place, {
      bigint: true,
    });
    if (place === root) continue;
    const content = (mode & 0o170000n) === 0o100000n ? readFileSync(place, "utf8") : "";
    found[place] = [ino, mode, uid, gid, nlink, size, mtimeNs, ctimeNs, content].join(" ");
    if ((mode & 0o170000n) === 0o040000n) Object.assign(found, look(place, root));
  }
  return found;
}

/** Applies an archive of these entries to a directory. */
export function apply(
  directory: string,
  entries: readonly ArchiveEntry[],
  options: Partial<ApplyOptions> = {},
): Promise<Applied> {
  return applyLayer(chunked(archive(...entries)), {
    compression: "none",
    directory,
    whiteouts: "flat",
    ...options,
  });
}

/** What tools do that trust names: the positive control of the tests about breaking out. */
export function extractNaively(root: string, entries: readonly ArchiveEntry[]): void {
  for (const entry of entries) {
    const place = `${root}/${entry.name}`;
    const base = place.slice(place.lastIndexOf("/") + 1);
    if (base.startsWith(".wh.")) {
      // Not by `join`, which would take `..` away.
      removeNaively(`${dirname(place)}/${base.slice(4)}`, root);
      continue;
    }
    if (entry.type === "directory") {
      mkdirSync(place, { recursive: true });
      chmodSync(place, entry.mode ?? 0o755);
    } else if (entry.type === "file") {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, entry.content ?? "");
      chmodSync(place, entry.mode ?? 0o644);
    } else if (entry.type === "symlink") {
      symlinkSync(entry.link!, place);
    } else {
      const link = entry.link!;
      linkSync(isAbsolute(link) ? link : join(root, link), place);
    }
  }
}

function removeNaively(place: string, root: string): void {
  const above = readdirSync(place);
  for (const name of above) {
    if (`${place}/${name}` !== root && name !== "a" && name !== "root") {
      rmSync(`${place}/${name}`, { recursive: true });
    }
  }
}

/** The text of a file below a root, without following links at its end. */
export function textAt(root: string, path: string): string {
  const place = join(root, path);
  return lstatSync(place).isSymbolicLink()
    ? `-> ${readlinkSync(place)}`
    : readFileSync(place, "utf8");
}

import type { Files } from "../controller.ts";
import type { Resources } from "../resources.ts";
import type { Stat, StatPart } from "../stat.ts";
import { core } from "../v2/core.ts";
import type { Binding, OpenDirectory } from "./bindings.ts";

/** Who knows something of one part, and from which files. */
interface Source {
  readonly files: Files;
  readonly read: (files: Files) => object | undefined;
}

/** For each part of the statistics, where a group has it from. */
export type Sources = ReadonlyMap<StatPart, readonly Source[]>;

/** Where the parts of a group's statistics come from. */
export function sourcesOf(
  bindings: readonly Binding[],
  directories: readonly OpenDirectory[],
): Sources {
  const sources = new Map<StatPart, Source[]>();
  const add = (part: StatPart, read: unknown, files: Files): void => {
    const source = { files, read: read as Source["read"] };
    sources.set(part, [...(sources.get(part) ?? []), source]);
  };
  for (const { controller, files } of bindings) {
    for (const [part, read] of entriesOf(controller.stat)) add(part, read, files);
  }
  // Every v2 group counts CPU time; where v1 counts it, once is enough.
  const known = new Set(sources.keys());
  for (const { hierarchy, files } of directories) {
    if (hierarchy.version !== 2) continue;
    for (const [part, read] of entriesOf(core.stat)) if (!known.has(part)) add(part, read, files);
  }
  return sources;
}

function entriesOf(stat: object = {}): [StatPart, unknown][] {
  return Object.entries(stat) as [StatPart, unknown][];
}

/** Reads the parts asked for; those that this group does not have are missing. */
export function readStat<P extends StatPart>(
  sources: Sources,
  parts: readonly P[],
): Partial<Pick<Stat, P>> {
  const stat: Record<string, object> = {};
  for (const part of parts) {
    const list = sources.get(part);
    if (list === undefined) continue;
    for (const { files, read } of list) {
      const piece = read(files);
      if (piece === undefined) continue;
      const before = stat[part];
      stat[part] = before === undefined ? piece : { ...before, ...piece };
    }
  }
  return stat as Partial<Pick<Stat, P>>;
}

/** What is set in all of a group's files, as one description. */
export function readLimits(bindings: readonly Binding[]): Resources {
  const limits: Record<string, unknown> = {};
  for (const { controller, files } of bindings) {
    for (const [name, value] of Object.entries(controller.limits?.(files) ?? {})) {
      const before = limits[name];
      limits[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    }
  }
  return limits;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import type { ExecutionConfig, ImageConfig, Platform } from "../spec/types.ts";

/** What is to be different about an image. What is left out stays; `null` takes it away. */
export interface ConfigEdits {
  readonly author?: string | null;
  readonly user?: string | null;
  /** Variables to set; `null` takes one away. */
  readonly env?: Readonly<Record<string, string | null>>;
  readonly entrypoint?: readonly string[] | null;
  readonly cmd?: readonly string[] | null;
  /** A relative one goes on from the one there is. */
  readonly workingDir?: string | null;
  /** `80/tcp`; without a protocol it is tcp. Added to those there are. */
  readonly exposedPorts?: readonly string[];
  /** Added to those there are. */
  readonly volumes?: readonly string[];
  /** Labels to set; `null` takes one away. */
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly stopSignal?: string | null;
}

/** The configuration of an image without layers. Pure. */
export function newConfig(platform: Platform): ImageConfig {
  return { ...platform, rootfs: { type: "layers", diff_ids: [] } };
}

/** The configuration with the edits made; what the edits do not name stays, known or not. Pure. */
export function editConfig(config: ImageConfig, edits: ConfigEdits): ImageConfig {
  const old = config.config ?? {};
  const changes: Record<string, unknown> = {
    User: edits.user,
    Env: edits.env && editEnv(old.Env ?? [], edits.env),
    Entrypoint: edits.entrypoint,
    Cmd: edits.cmd,
    WorkingDir: edits.workingDir && resolveFrom(old.WorkingDir ?? "/", edits.workingDir),
    ExposedPorts: edits.exposedPorts && addKeys(old.ExposedPorts, edits.exposedPorts.map(portOf)),
    Volumes: edits.volumes && addKeys(old.Volumes, edits.volumes),
    Labels: edits.labels && editMap(old.Labels ?? {}, edits.labels),
    StopSignal: edits.stopSignal,
  };
  if (edits.workingDir === null) changes["WorkingDir"] = null;
  const execution = merge<ExecutionConfig>(old, changes);
  const isEmpty = config.config === undefined && Object.keys(execution).length === 0;
  return merge<ImageConfig>(config, {
    author: edits.author,
    ...(!isEmpty && { config: execution }),
  });
}

/** What is undefined stays, what is null goes. */
function merge<Value extends object>(old: Value, changes: Record<string, unknown>): Value {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const all = Object.entries({ ...old, ...Object.fromEntries(given) });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as Value;
}

/** Variables keep their places; new ones come last. */
function editEnv(old: readonly string[], edits: Readonly<Record<string, string | null>>): string[] {
  const nameOf = (entry: string): string => entry.split("=", 1)[0]!;
  const kept = old.flatMap((entry) => {
    const name = nameOf(entry);
    if (!Object.hasOwn(edits, name)) return [entry];
    return edits[name] === null ? [] : [`${name}=${edits[name]}`];
  });
  const there = new Set(old.map(nameOf));
  const added = Object.entries(edits).filter(([name, value]) => value !== null && !there.has(name));
  return [...kept, ...added.map(([name, value]) => `${name}=${value}`)];
}

/** In the order of their names, so that equal edits make equal bytes. */
function editMap(
  old: Readonly<Record<string, string>>,
  edits: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const all = Object.entries({ ...old, ...edits });
  return sorted(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

function addKeys(
  old: Readonly<Record<string, object>> | undefined,
  keys: readonly string[],
): Record<string, object> {
  return sorted([...Object.entries(old ?? {}), ...keys.map((key): [string, object] => [key, {}])]);
}

function sorted<Value>(entries: [string, Value][]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

function portOf(port: string): string {
  return port.includes("/") ? port : `${port}/tcp`;
}

/** Of a path in an image, where every path is absolute. */
function resolveFrom(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : folder}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

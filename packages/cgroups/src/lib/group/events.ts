import { existsSync, watch, type FSWatcher } from "node:fs";
import { CgroupError } from "../error.ts";
import type { Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";

/** Something that happened in a group or below it. */
export interface CgroupEvent {
  readonly kind: CgroupEventKind;
  /** For what is counted: how often it has happened since the group was made. */
  readonly count?: number;
}

/**
 * - `populated`, `empty`: the first process came, the last one went
 * - `frozen`, `thawed`: all have stopped, they go on
 * - `memoryLow`, `memoryHigh`, `memoryMax`: memory was reclaimed below `low`, beyond `high`, at the
 *   limit
 * - `oom`, `oomKill`, `oomGroupKill`: memory ran out; a process, the whole group was killed for it
 * - `pidsMax`: a fork failed at the limit
 */
export type CgroupEventKind =
  | "populated"
  | "empty"
  | "frozen"
  | "thawed"
  | "memoryLow"
  | "memoryHigh"
  | "memoryMax"
  | "oom"
  | "oomKill"
  | "oomGroupKill"
  | "pidsMax";

/** What the kernel announces of a v2 group, and the words for it in its files. */
const kinds: Readonly<
  Record<CgroupEventKind, readonly [file: string, key: string, state?: 0 | 1]>
> = {
  populated: ["cgroup.events", "populated", 1],
  empty: ["cgroup.events", "populated", 0],
  frozen: ["cgroup.events", "frozen", 1],
  thawed: ["cgroup.events", "frozen", 0],
  memoryLow: ["memory.events", "low"],
  memoryHigh: ["memory.events", "high"],
  memoryMax: ["memory.events", "max"],
  oom: ["memory.events", "oom"],
  oomKill: ["memory.events", "oom_kill"],
  oomGroupKill: ["memory.events", "oom_group_kill"],
  pidsMax: ["pids.events", "max"],
};

/** Which events, and for how long. */
export interface EventOptions {
  /** All that this group can tell unless given. */
  readonly kinds?: readonly CgroupEventKind[];
  readonly signal?: AbortSignal;
}

/** The group whose events are meant. */
export interface EventSource {
  readonly path: string;
  readonly files: Files;
}

/** Events as they come, until the group is deleted, the loop is left, or `signal` aborts. */
export type CgroupEvents = AsyncIterableIterator<CgroupEvent> & AsyncDisposable;

/**
 * What happens to a group from this call on. The kernel announces it through inotify(7); nothing is
 * asked again and again. Only v2 trees announce: on a hybrid host that is what concerns processes,
 * and memory is for `oom` of `@x/cgroups/notify`.
 *
 * @throws CgroupError `X_CGROUP_UNSUPPORTED` for a kind that nothing here announces
 */
export function events(source: EventSource | undefined, options: EventOptions = {}): CgroupEvents {
  const wanted = options.kinds ?? (Object.keys(kinds) as CgroupEventKind[]);
  const heard = wanted.filter((kind) => source?.files.read(kinds[kind][0]) !== undefined);
  const silent = options.kinds?.find((kind) => !heard.includes(kind));
  if (source === undefined || silent !== undefined) throw unannounced(silent ?? wanted[0]);
  return follow(source, heard, options.signal);
}

/** A `next()` that has not been answered. */
interface Waiting {
  resolve(result: IteratorResult<CgroupEvent>): void;
  reject(reason: unknown): void;
}

function unannounced(kind: CgroupEventKind | undefined): CgroupError {
  return new CgroupError("X_CGROUP_UNSUPPORTED", `nothing here announces ${kind}`, {
    field: "kinds",
    hint: 'v1 announces memory events through an eventfd alone: oom() and threshold() of @x/cgroups/notify; its pids.events is counted but not announced: stat(["pids"])',
  });
}

function follow(
  { path, files }: EventSource,
  heard: readonly CgroupEventKind[],
  signal: AbortSignal | undefined,
): CgroupEvents {
  signal?.throwIfAborted();
  const queue: CgroupEvent[] = [];
  const waiting: Waiting[] = [];
  const watchers: FSWatcher[] = [];
  const states = new Map<string, Record<string, number>>();
  const names = [...new Set(heard.map((kind) => kinds[kind][0]))];
  let done = false;

  const end = (reason?: unknown): void => {
    if (done) return;
    done = true;
    for (const watcher of watchers) watcher.close();
    signal?.removeEventListener("abort", abort);
    for (const one of waiting.splice(0)) {
      if (reason === undefined) one.resolve({ value: undefined, done: true });
      else one.reject(reason);
    }
  };
  const abort = (): void => end(signal?.reason);
  const emit = (event: CgroupEvent): void => {
    const one = waiting.shift();
    if (one === undefined) queue.push(event);
    else one.resolve({ value: event, done: false });
    if (waiting.length === 0) for (const watcher of watchers) watcher.unref();
  };
  const look = (name: string): void => {
    if (done) return;
    const text = existsSync(path) ? files.read(name) : undefined;
    if (text === undefined) return end();
    const now = parseFlatKeyed(text);
    for (const event of changes(heard, name, states.get(name), now)) emit(event);
    states.set(name, now);
  };

  // Watched first and looked at then: what changes in between is seen twice, not never.
  for (const name of names) watchers.push(watch(`${path}/${name}`, () => look(name)));
  const slash = path.lastIndexOf("/");
  watchers.push(
    watch(path.slice(0, slash), (change, name) => {
      if (change === "rename" && name === path.slice(slash + 1)) look(names[0]!);
    }),
  );
  for (const watcher of watchers) watcher.unref().on("error", end);
  for (const name of names) states.set(name, parseFlatKeyed(files.read(name) ?? ""));
  signal?.addEventListener("abort", abort);

  return {
    next() {
      const value = queue.shift();
      if (value !== undefined) return Promise.resolve({ value, done: false });
      if (done) return Promise.resolve({ value: undefined, done: true });
      for (const watcher of watchers) watcher.ref();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      end();
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

function changes(
  heard: readonly CgroupEventKind[],
  name: string,
  before: Readonly<Record<string, number>> = {},
  now: Readonly<Record<string, number>>,
): CgroupEvent[] {
  return heard.flatMap((kind): CgroupEvent[] => {
    const [file, key, state] = kinds[kind];
    const value = now[key];
    if (file !== name || value === undefined || value === (before[key] ?? 0)) return [];
    if (state === undefined) return [{ kind, count: value }];
    return value === state ? [{ kind }] : [];
  });
}

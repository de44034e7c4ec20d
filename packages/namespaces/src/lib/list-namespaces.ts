import { thisArch, type Descriptor } from "@x/syscall";
import { fstatSync, readdirSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { mountedNamespaces } from "./mounted-namespaces.ts";
import { NamespaceError } from "./error.ts";
import { allKinds, namespaceKinds, type NamespaceKind } from "./kinds.ts";
import type { NamespaceId } from "./namespaces-of.ts";
import { openNamespace, ownerOf, parentOf, userNamespaceOf } from "./nsfs.ts";

/** A namespace, who is in it, and what it belongs to. */
export interface ListedNamespace extends NamespaceId {
  /** The processes that are in it with at least one thread; sorted. */
  readonly processes: readonly number[];
  /** The files on which it is mounted, which keep it alive by themselves. */
  readonly paths: readonly string[];
  /** The inode of the user namespace it belongs to; undefined where that is out of sight. */
  readonly userNamespace: number | undefined;
  /** Of a user or PID namespace: the inode of the one it was made in, where that is in sight. */
  readonly parent: number | undefined;
  /** Of a user namespace: the user who made it, as this process calls users. */
  readonly owner: number | undefined;
}

/** How many processes are looked at before other things get their turn. */
const BATCH = 32;
/** What a process that has ended, or that is somebody else's, answers. */
const PASSED_OVER: readonly string[] = ["ENOENT", "ESRCH", "EACCES", "EPERM"];

/**
 * Every namespace in which there is a process that the caller may look at, or that is mounted on a
 * file. Threads count, since each can have namespaces of its own. From an ordinary user the
 * processes of others are hidden, and with them the namespaces in which there is nobody else.
 *
 * Rejects with `UnsupportedPlatformError`, and with Node's own error when `/proc` is not there.
 * Source: namespaces(7), ioctl_nsfs(2).
 */
export async function listNamespaces(): Promise<ListedNamespace[]> {
  thisArch();
  const found = new Map<string, Found>();
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const [i, pid] of pids.entries()) {
    if (i % BATCH === BATCH - 1) await setImmediate();
    for (const folder of threadFolders(pid)) addAll(folder, Number(pid), found);
  }
  for (const { path, kind, inode } of mountedNamespaces()) {
    const entry = passingOver(() => find(path, kind, found));
    // Something else may be mounted over it, and then the path leads there.
    if (entry?.inode === inode) entry.paths.push(path);
  }
  return [...found.values()].toSorted(
    (a, b) => allKinds.indexOf(a.kind) - allKinds.indexOf(b.kind) || a.inode - b.inode,
  );
}

interface Found extends ListedNamespace {
  readonly processes: number[];
  readonly paths: string[];
}

function threadFolders(pid: string): string[] {
  const tasks = passingOver(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return tasks.map((tid) => `/proc/${pid}/task/${tid}`);
}

function addAll(folder: string, pid: number, found: Map<string, Found>): void {
  for (const kind of allKinds) {
    const path = `${folder}/ns/${namespaceKinds[kind].file}`;
    const entry = passingOver(() => find(path, kind, found));
    if (entry !== undefined && entry.processes.at(-1) !== pid) entry.processes.push(pid);
  }
}

/** The entry of the namespace at a path; it is opened the first time that it is met. */
function find(path: string, kind: NamespaceKind, found: Map<string, Found>): Found {
  const { ino, dev } = statSync(path);
  const key = `${dev}:${ino}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  using namespace = openNamespace(path, kind);
  const entry = {
    kind,
    inode: ino,
    device: dev,
    processes: [],
    paths: [],
    ...relations(namespace, kind),
  };
  found.set(key, entry);
  return entry;
}

function relations(
  namespace: Descriptor,
  kind: NamespaceKind,
): Pick<ListedNamespace, "userNamespace" | "parent" | "owner"> {
  return {
    userNamespace: inodeOf(userNamespaceOf(namespace)),
    parent: kind === "user" || kind === "pid" ? inodeOf(parentOf(namespace)) : undefined,
    owner: kind === "user" ? ownerOf(namespace) : undefined,
  };
}

function inodeOf(namespace: Descriptor | undefined): number | undefined {
  if (namespace === undefined) return undefined;
  using open = namespace;
  return fstatSync(open.fd).ino;
}

function passingOver<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (PASSED_OVER.includes(code ?? "") || error instanceof NamespaceError) return undefined;
    throw error;
  }
}

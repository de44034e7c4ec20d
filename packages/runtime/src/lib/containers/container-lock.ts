import { existsSync } from "node:fs";
import { join } from "node:path";
import { lock, tryLock, type Lock, type Store, type WaitOptions } from "@x/image";
import { ContainerError } from "./error.ts";
import { shortId } from "./name.ts";
import { placesOf } from "./places.ts";
import type { ContainerRecord } from "./record.ts";

/** Whether somebody runs a container: whoever does holds its lock alone. */
export function isRunning(store: Store, id: string): boolean {
  const probe = ifThere(store, id, () => tryLock(placesOf(store.path, id).lock, shared));
  if (probe === undefined) return existsSync(placesOf(store.path, id).directory);
  probe.release();
  return false;
}

/**
 * Keeps a container from being deleted while it is read; whoever runs it does so already. Disposing
 * of what it resolves with lets go.
 */
export async function keepContainer(store: Store, id: string): Promise<AsyncDisposable> {
  const held = ifThere(store, id, () => tryLock(placesOf(store.path, id).lock, shared));
  return held ?? { [Symbol.asyncDispose]: async () => {} };
}

/** The lock of a container that nobody runs or reads; undefined if somebody does, or it is gone. */
export function tryTakeContainer(store: Store, id: string): Lock | undefined {
  return ifThere(store, id, () => tryLock(placesOf(store.path, id).lock, exclusive));
}

/**
 * The lock of a container that nobody runs; undefined if there is no such container any more. Those
 * who only read it are waited for. Rejects with `X_CONTAINER_RUNNING`.
 */
export async function takeContainer(
  store: Store,
  { id, name }: Pick<ContainerRecord, "id" | "name">,
  options: WaitOptions = {},
): Promise<Lock | undefined> {
  const { lock: path, directory } = placesOf(store.path, id);
  const alone = tryTakeContainer(store, id);
  if (alone !== undefined || !existsSync(directory)) return alone;
  if (isRunning(store, id)) {
    const message = `container ${name} (${shortId(id)}) is running; end it first`;
    throw new ContainerError("X_CONTAINER_RUNNING", message);
  }
  return await lock(path, { ...exclusive, ...options });
}

/**
 * Held by whoever makes a container or looks for what was left of some: of two with one name the
 * second finds the first, and nobody takes for left what is being made. Hold `store.use()` as well,
 * or the file of the lock may be cleared away.
 */
export async function lockContainers(store: Store, options: WaitOptions = {}): Promise<Lock> {
  const path = join(store.path, "locks", "containers");
  return await lock(path, { ...exclusive, transient: true, ...options });
}

const shared = { kind: "shared" } as const;
const exclusive = { kind: "exclusive" } as const;

/** A container may be deleted while one looks at it: then it has no lock. */
function ifThere<T>(store: Store, id: string, attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (existsSync(placesOf(store.path, id).directory)) throw error;
    return undefined;
  }
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { tryLock, type Store } from "@x/image";
import { ContainerError } from "./error.ts";
import { placesOf } from "./places.ts";
import { readRecord, type ContainerRecord } from "./record.ts";

/** A container of the store, and whether it runs. */
export interface ListedContainer {
  readonly record: ContainerRecord;
  /** Of one that is neither running nor ended, whoever ran it was killed. */
  readonly running: boolean;
}

/** The containers of a store, the newest first. Those that are being made or deleted are left out. */
export function listContainers(store: Store): ListedContainer[] {
  return containerIds(store)
    .flatMap((id) => readRecord(placesOf(store.path, id).directory) ?? [])
    .map((record) => ({ record, running: isRunning(store, record.id) }))
    .toSorted((a, b) => (a.record.created < b.record.created ? 1 : -1));
}

/**
 * The container of this name, or of the one id that begins so. Throws `X_CONTAINER_NOT_FOUND` with
 * the names there are.
 */
export function findContainer(store: Store, wanted: string): ListedContainer {
  const all = listContainers(store);
  const named = all.find(({ record }) => record.name === wanted);
  if (named !== undefined) return named;
  const begun = /^[0-9a-f]+$/.test(wanted)
    ? all.filter(({ record }) => record.id.startsWith(wanted))
    : [];
  if (begun.length === 1) return begun[0]!;
  const names = all.slice(0, 10).map(({ record }) => record.name);
  const there = names.length === 0 ? "There is none" : `There are ${names.join(", ")}`;
  const message =
    begun.length > 1
      ? `${begun.length} containers have an id that begins with ${wanted}; give more of it`
      : `no container is named ${JSON.stringify(wanted)}. ${there}`;
  throw new ContainerError("X_CONTAINER_NOT_FOUND", message);
}

/** Whether a text names a container rather than an image: by its name, or by an id as `x ps` prints it. */
export function isContainer(store: Store, wanted: string): boolean {
  return listContainers(store).some(
    ({ record }) => record.name === wanted || (wanted.length >= 12 && record.id.startsWith(wanted)),
  );
}

/** The ids of all directories of containers, whole or not. */
export function containerIds(store: Store): string[] {
  return readdirSync(join(store.path, "containers")).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** Whether somebody holds a container's lock. */
function isRunning(store: Store, id: string): boolean {
  const held = tryLock(placesOf(store.path, id).lock, { kind: "shared" });
  held?.release();
  return held === undefined;
}

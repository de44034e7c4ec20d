import { readdirSync } from "node:fs";
import type { Store } from "@x/image";
import { isRunning } from "./container-lock.ts";
import { ContainerError } from "./error.ts";
import { shortId } from "./name.ts";
import { placesOf } from "./places.ts";
import { readRecord, type ContainerRecord } from "./record.ts";

/** A container of the store, and whether it runs. */
export interface ListedContainer {
  readonly record: ContainerRecord;
  /** Of one that is neither running nor ended, whoever ran it was killed. */
  readonly running: boolean;
}

/**
 * The containers of a store, the newest first. Those that are being made or deleted are left out,
 * and those that are damaged, which `x system check` finds.
 */
export function listContainers(store: Store): ListedContainer[] {
  return recordsOf(store, "skip")
    .map((record) => ({ record, running: isRunning(store, record.id) }))
    .toSorted((a, b) => (a.record.created < b.record.created ? 1 : -1));
}

/** What is known of all containers. Of one that is damaged it throws, if told to, what is wrong. */
export function recordsOf(store: Store, damaged: "skip" | "throw"): ContainerRecord[] {
  return containerIds(store).flatMap((id) => {
    try {
      return readRecord(placesOf(store.path, id).directory) ?? [];
    } catch (error) {
      if (damaged === "throw" || !(error instanceof ContainerError)) throw error;
      return [];
    }
  });
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

/**
 * The same for who wants to be rid of it: a container that is damaged has no name any more, and goes
 * by the beginning of its id.
 */
export function containerToDelete(
  store: Store,
  wanted: string,
): Pick<ContainerRecord, "id" | "name"> {
  const whole = new Set(recordsOf(store, "skip").map(({ id }) => id));
  const begun = /^[0-9a-f]{12,64}$/.test(wanted)
    ? containerIds(store).filter((id) => id.startsWith(wanted) && !whole.has(id))
    : [];
  const [id] = begun;
  if (id === undefined || begun.length > 1) return findContainer(store, wanted).record;
  return { id, name: shortId(id) };
}

/** Whether a text names a container rather than an image: by its name, or by an id as `x ps` prints it. */
export function isContainer(store: Store, wanted: string): boolean {
  return listContainers(store).some(
    ({ record }) => record.name === wanted || (wanted.length >= 12 && record.id.startsWith(wanted)),
  );
}

/** The ids of all directories of containers, whole or not. */
export function containerIds(store: Store): string[] {
  try {
    return readdirSync(store.containers).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch (error) {
    // A store that lacks the directory is for `x system check` to mend.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

import { randomUUID } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { removeTree, type Store, type WaitOptions } from "@x/image";
import { lockContainers, takeContainer, tryTakeContainer } from "./container-lock.ts";
import { ContainerError } from "./error.ts";
import { containerIds } from "./list.ts";
import { placesOf } from "./places.ts";
import { readRecord, type ContainerRecord } from "./record.ts";

/**
 * Deletes a container with all that it wrote; one that is gone already is fine. Rejects with
 * `X_CONTAINER_RUNNING`.
 */
export async function deleteContainer(
  store: Store,
  record: Pick<ContainerRecord, "id" | "name">,
  options: WaitOptions = {},
): Promise<void> {
  await using held = await takeContainer(store, record, options);
  if (held !== undefined) await removeContainer(store, record.id);
}

/**
 * Removes a container by whoever has its lock. It is gone from the first moment on: killed in
 * between, one leaves rubbish, and no container with a half of its files.
 */
export async function removeContainer(store: Store, id: string): Promise<void> {
  await using _use = await store.use();
  const { directory } = placesOf(store.path, id);
  if (!existsSync(directory)) return;
  const doomed = join(store.path, "incoming", `container-${id}-${randomUUID()}`);
  renameSync(directory, doomed);
  await removeTree(doomed);
}

/** What a killed process has left of a container. */
export interface LeftContainer {
  readonly id: string;
  /** It has a record that nobody can read: it stays. Otherwise there is nothing to keep. */
  readonly damage?: string;
}

/**
 * Deletes what was left of containers by processes that were killed: directories that never became
 * a container, and ephemeral ones that nobody runs. Containers whose record is damaged are found,
 * and stay.
 */
export async function sweepContainers(
  store: Store,
  { dryRun = false, ...options }: { readonly dryRun?: boolean } & WaitOptions = {},
): Promise<LeftContainer[]> {
  await using _use = await store.use(options);
  await using _making = await lockContainers(store, options);
  const all: LeftContainer[] = [];
  for (const id of containerIds(store)) {
    await using held = tryTakeContainer(store, id);
    const left = held === undefined ? undefined : leftOf(store, id);
    if (left === undefined) continue;
    all.push(left);
    if (left.damage === undefined && !dryRun) await removeContainer(store, id);
  }
  return all;
}

/** Undefined for a container that stays as it is. */
function leftOf(store: Store, id: string): LeftContainer | undefined {
  try {
    const record = readRecord(placesOf(store.path, id).directory);
    return record === undefined || record.ephemeral ? { id } : undefined;
  } catch (error) {
    if (error instanceof ContainerError) return { id, damage: error.message };
    throw error;
  }
}

import { existsSync } from "node:fs";
import { removeTree, tryLock, type Store } from "@x/image";
import { ContainerError } from "./error.ts";
import { containerIds } from "./list.ts";
import { shortId } from "./name.ts";
import { placesOf } from "./places.ts";
import { readRecord, type ContainerRecord } from "./record.ts";

/** Deletes a container with all that it wrote. Rejects with `X_CONTAINER_RUNNING`. */
export async function deleteContainer(
  store: Store,
  { id, name }: Pick<ContainerRecord, "id" | "name">,
): Promise<void> {
  const { directory, lock } = placesOf(store.path, id);
  if (!existsSync(directory)) return;
  const held = tryLock(lock, { kind: "exclusive" });
  if (held === undefined) {
    const message = `container ${name} (${shortId(id)}) is running; end it first`;
    throw new ContainerError("X_CONTAINER_RUNNING", message);
  }
  try {
    await deleteDirectory(directory);
  } finally {
    held.release();
  }
}

/**
 * Deletes what was left of containers by processes that were killed: directories that never became
 * a container, and ephemeral ones that nobody runs. Returns their ids.
 */
export async function sweepContainers(
  store: Store,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<string[]> {
  const swept: string[] = [];
  for (const id of containerIds(store)) {
    const { directory, lock } = placesOf(store.path, id);
    const held = tryLock(lock, { kind: "exclusive" });
    if (held === undefined) continue;
    try {
      const record = readRecord(directory);
      if (record !== undefined && !record.ephemeral) continue;
      if (!dryRun) await deleteDirectory(directory);
      swept.push(id);
    } finally {
      held.release();
    }
  }
  return swept;
}

/** Deletes a container's directory. */
export async function deleteDirectory(directory: string): Promise<void> {
  await removeTree(directory);
}

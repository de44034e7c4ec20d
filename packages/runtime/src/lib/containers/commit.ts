import { commitImage, type CommitOptions, type StoredImage, type Store } from "@x/image";
import { containerChanges, upperOf } from "./changes.ts";
import { keepContainer } from "./container-lock.ts";
import { manifestOf, type ContainerRecord } from "./record.ts";

/** What can be said about the image that a container becomes. */
export type CommitContainerOptions = Pick<
  CommitOptions,
  "name" | "edits" | "author" | "message" | "compression" | "sourceDateEpoch" | "signal"
>;

/**
 * Makes an image of a container: what it was made from, and its changes as one more layer. The
 * container may run meanwhile; a file that changes while it is read ends the commit. Rejects with
 * `X_CONTAINER_EPHEMERAL`, and as `commitImage` does.
 */
export async function commitContainer(
  store: Store,
  record: ContainerRecord,
  options: CommitContainerOptions = {},
): Promise<StoredImage> {
  const root = upperOf(store, record);
  await using _kept = await keepContainer(store, record.id);
  return await commitImage(store, {
    ...options,
    base: manifestOf(record),
    root,
    changes: containerChanges(store, record),
    ...(record.sandbox.user === undefined ? {} : { user: record.sandbox.user }),
    createdBy: record.sandbox.args.join(" "),
  });
}

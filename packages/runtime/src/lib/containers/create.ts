import { mkdirSync } from "node:fs";
import { layersIn, lock, type Descriptor, type Lock, type Store } from "@x/image";
import { lockContainers } from "./container-lock.ts";
import type { ContainerOptions } from "./container-options.ts";
import { removeContainer } from "./delete.ts";
import { describeContainer } from "./describe-container.ts";
import { ContainerError } from "./error.ts";
import { recordsOf } from "./list.ts";
import { checkName, newId, newName } from "./name.ts";
import { placesOf } from "./places.ts";
import { writeRecord, type ContainerRecord } from "./record.ts";
import { rootKind } from "./root-kind.ts";

/** A container of an image that can be started; whoever holds it is taken to run it. */
export interface CreatedContainer extends AsyncDisposable {
  readonly record: ContainerRecord;
  /** What people should know, in sentences: that its root had to be copied, and why. */
  readonly notices: readonly string[];
  /** Notes how it ended, and lets go of it; one that is ephemeral is deleted. */
  close(ended?: HowItEnded): Promise<void>;
  /** Deletes it, for it has never run, and lets go of it. */
  discard(): Promise<void>;
}

/** As `Ended` of a container says it. */
export interface HowItEnded {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * Makes a container of an image of the store: unpacks what is not unpacked yet, finds out who it
 * runs as, and notes it in the store, where it stays until it is deleted. Nothing runs yet, and
 * nothing is mounted: `start(container.record.sandbox)` does both. Where the kernel stacks no
 * layers, the container gets a copy of them.
 *
 * Rejects with `SandboxError` by field, `X_CONTAINER_NAME`, and the `ImageError`s of `unpackImage`.
 */
export async function createContainer(
  store: Store,
  descriptor: Descriptor,
  options: ContainerOptions = {},
): Promise<CreatedContainer> {
  const { name, ephemeral = false, signal } = options;
  const cancel = signal === undefined ? {} : { signal };
  if (name !== undefined) refuseName(store, name);
  await using _use = await store.use(cancel);
  const id = newId();
  const places = placesOf(store.path, id);
  const kind = await rootKind(places, ephemeral);
  const { described, image } = await describeContainer(store, descriptor, options, kind.rootOf);
  const held = await begin(store, id);
  try {
    const notices = await kind.make(image.lower, cancel);
    const record = await note(store, name, {
      version: 1,
      id,
      image: options.image ?? image.descriptor.digest,
      manifest: image.descriptor.digest,
      mediaType: image.descriptor.mediaType,
      size: image.descriptor.size,
      layers: layersIn(image).map(({ chainId }) => chainId),
      ...described,
      ephemeral,
      created: new Date().toISOString(),
    });
    return handleOf(store, record, held, notices);
  } catch (error) {
    await removeContainer(store, id);
    held.release();
    throw error;
  }
}

/** Makes the directory, and locks it before anybody takes it for one that was left. */
async function begin(store: Store, id: string): Promise<Lock> {
  const { directory, lock: path } = placesOf(store.path, id);
  await using _making = await lockContainers(store);
  mkdirSync(directory, { mode: 0o700 });
  return await lock(path, { kind: "exclusive" });
}

/** With its record it is a container; of two with one name the second is refused. */
async function note(
  store: Store,
  wanted: string | undefined,
  rest: Omit<ContainerRecord, "name">,
): Promise<ContainerRecord> {
  await using _making = await lockContainers(store);
  if (wanted !== undefined) refuseName(store, wanted);
  const record = { ...rest, name: wanted ?? freeName(store) };
  writeRecord(placesOf(store.path, rest.id).directory, record);
  return record;
}

function refuseName(store: Store, name: string): void {
  checkName(name);
  if (!isTaken(store, name)) return;
  const message = `the name ${name} is taken; x rm ${name} frees it`;
  throw new ContainerError("X_CONTAINER_NAME", message);
}

function freeName(store: Store): string {
  for (;;) {
    const name = newName();
    if (!isTaken(store, name)) return name;
  }
}

function isTaken(store: Store, name: string): boolean {
  return recordsOf(store, "skip").some((record) => record.name === name);
}

function handleOf(
  store: Store,
  record: ContainerRecord,
  held: Lock,
  notices: readonly string[],
): CreatedContainer {
  let isOpen = true;
  const letGo = async (ended: HowItEnded | undefined, keep: boolean): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    try {
      if (!keep) await removeContainer(store, record.id);
      else if (ended !== undefined) {
        const { directory } = placesOf(store.path, record.id);
        const { exitCode, signal } = ended;
        writeRecord(directory, {
          ...record,
          ended: { at: new Date().toISOString(), exitCode, signal },
        });
      }
    } finally {
      held.release();
    }
  };
  const close = (ended?: HowItEnded): Promise<void> => letGo(ended, !record.ephemeral);
  return {
    record,
    notices,
    close,
    discard: () => letGo(undefined, false),
    [Symbol.asyncDispose]: () => close(),
  };
}

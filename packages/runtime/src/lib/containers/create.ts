import { chmodSync, chownSync, lstatSync, mkdirSync } from "node:fs";
import { basename } from "node:path";
import { layersIn, lock, type Descriptor, type Lock, type Store } from "@x/image";
import type { ContainerOptions } from "./container-options.ts";
import { deleteDirectory } from "./delete.ts";
import { describeContainer } from "./describe-container.ts";
import { ContainerError } from "./error.ts";
import { listContainers } from "./list.ts";
import { checkName, newId, newName } from "./name.ts";
import { placesOf, type ContainerPlaces } from "./places.ts";
import { writeRecord, type ContainerRecord } from "./record.ts";

/** A container of an image that can be started; whoever holds it is taken to run it. */
export interface CreatedContainer extends AsyncDisposable {
  readonly record: ContainerRecord;
  /** Notes how it ended, and lets go of it; one that is ephemeral is deleted. */
  close(ended?: {
    readonly exitCode: number | null;
    readonly signal: string | null;
  }): Promise<void>;
}

/**
 * Makes a container of an image of the store: unpacks what is not unpacked yet, finds out who it
 * runs as, and notes it in the store, where it stays until it is deleted. Nothing runs yet, and
 * nothing is mounted: `start(container.record.sandbox)` does both.
 *
 * Rejects with `SandboxError` by field, `X_CONTAINER_NAME`, and the `ImageError`s of `unpackImage`.
 */
export async function createContainer(
  store: Store,
  descriptor: Descriptor,
  options: ContainerOptions = {},
): Promise<CreatedContainer> {
  const { name = newName(), ephemeral = false } = options;
  checkName(name);
  await using _use = await store.use(options);
  if (listContainers(store).some(({ record }) => record.name === name)) {
    const message = `the name ${name} is taken; x rm ${name} frees it`;
    throw new ContainerError("X_CONTAINER_NAME", message);
  }
  const places = placesOf(store.path, newId());
  const { described, image } = await describeContainer(store, descriptor, options, (lower) =>
    ephemeral ? { lower } : { lower, upper: places.upper, work: places.work },
  );
  return await create(places, image.lower[0]!, {
    version: 1,
    id: basename(places.directory),
    name,
    image: options.image ?? image.descriptor.digest,
    manifest: image.descriptor.digest,
    mediaType: image.descriptor.mediaType,
    size: image.descriptor.size,
    layers: layersIn(image).map(({ chainId }) => chainId),
    ...described,
    ephemeral,
    created: new Date().toISOString(),
  });
}

async function create(
  places: ContainerPlaces,
  topLayer: string,
  record: ContainerRecord,
): Promise<CreatedContainer> {
  mkdirSync(places.directory, { mode: 0o700 });
  const held = await lock(places.lock, { kind: "exclusive" });
  try {
    if (!record.ephemeral) makeUpper(places, topLayer);
    writeRecord(places.directory, record);
  } catch (error) {
    await deleteDirectory(places.directory);
    held.release();
    throw error;
  }
  return handleOf(places, record, held);
}

/** The root of the union looks as its topmost directory does. */
function makeUpper({ upper, work }: ContainerPlaces, topLayer: string): void {
  const { mode, uid, gid } = lstatSync(topLayer);
  mkdirSync(upper);
  mkdirSync(work, { mode: 0o700 });
  if (process.geteuid!() === 0) chownSync(upper, uid, gid);
  chmodSync(upper, mode & 0o7777);
}

function handleOf(
  { directory }: ContainerPlaces,
  record: ContainerRecord,
  held: Lock,
): CreatedContainer {
  let closed = false;
  const close: CreatedContainer["close"] = async (ended) => {
    if (closed) return;
    closed = true;
    try {
      if (record.ephemeral) await deleteDirectory(directory);
      else if (ended !== undefined) {
        writeRecord(directory, { ...record, ended: { at: new Date().toISOString(), ...ended } });
      }
    } finally {
      held.release();
    }
  };
  return { record, close, [Symbol.asyncDispose]: () => close() };
}

import type { Descriptor, Store } from "@x/image";
import { PlanError } from "@x/plan";
import type { ContainerOptions } from "./containers/container-options.ts";
import { createContainer } from "./containers/create.ts";
import type { ContainerRecord } from "./containers/record.ts";
import { findImage } from "./image/find.ts";
import { run, type RunResult } from "./start.ts";

/** What a container of an image is to be, and what its command reads. */
export interface RunImageOptions extends ContainerOptions {
  /** Standard input; empty unless given. */
  readonly input?: string | Uint8Array;
}

/** What a command of an image has done, and the container in which it was. */
export interface ImageRunResult extends RunResult {
  readonly container: ContainerRecord;
}

/**
 * Runs a container of an image of the store to its end. It is kept, for `containerChanges`,
 * `commitContainer` and in the end `deleteContainer`, unless it is `ephemeral` or could not be
 * started. Rejects as `findImage`, `createContainer` and `run` do.
 *
 * @param image its name, the beginning of its digest, or its descriptor
 */
export async function runImage(
  store: Store,
  image: string | Descriptor,
  options: RunImageOptions = {},
): Promise<ImageRunResult> {
  const { input, ...described } = options;
  const { name, descriptor } =
    typeof image === "string"
      ? await findImage(store, image, { must: true })
      : { name: image.digest, descriptor: image };
  await using container = await createContainer(store, descriptor, { image: name, ...described });
  const { signal } = options;
  try {
    const result = await run(container.record.sandbox, {
      ...(signal === undefined ? {} : { signal }),
      ...(input === undefined ? {} : { input }),
    });
    await container.close(result);
    return { ...result, container: container.record };
  } catch (error) {
    if (error instanceof PlanError) await container.discard();
    throw error;
  }
}

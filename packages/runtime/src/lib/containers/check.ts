import type { CheckOptions, Digest, Finding, FindingKind, Store } from "@x/image";
import { sweepUnions } from "@x/unionfs";
import { isRunning } from "./container-lock.ts";
import { sweepContainers } from "./delete.ts";
import { recordsOf } from "./list.ts";
import { shortId } from "./name.ts";
import { placesOf } from "./places.ts";

/**
 * Something that is wrong with a store or its containers. Besides those of the store:
 *
 * - `left-container`: of a process that was killed, and with nothing in it to keep
 * - `left-mount`: below the containers, of a process that was killed
 * - `damaged-container`: what is known of it cannot be read
 */
export interface SystemFinding extends Omit<Finding, "kind"> {
  readonly kind: FindingKind | "left-container" | "left-mount" | "damaged-container";
}

/**
 * What is wrong with a store and the containers in it; with `repair` it is mended as well. Mounts
 * are looked at only then. Rejects as `store.check` does, and with `UnionError`.
 */
export async function checkSystem(
  store: Store,
  options: Pick<CheckOptions, "repair" | "verify" | "signal"> = {},
): Promise<SystemFinding[]> {
  const { repair = false, signal } = options;
  // In which something is mounted, that cannot be removed.
  const mounts = repair ? await sweepUnions(store.path) : [];
  const unmounted = mounts.map(({ target, type }): SystemFinding => ({
    kind: "left-mount",
    subject: target,
    message: `the ${type} on ${target} was left by a process that was killed`,
    hint: "It is unmounted",
    repaired: true,
  }));
  const keepLayers = layersToKeep(store);
  const findings = [...unmounted, ...(await store.check({ ...options, keepLayers }))];
  // Without its frame there are no locks, and nothing else is looked at.
  if (findings.some((one) => one.kind === "missing-directory" && one.repaired !== true)) {
    return findings;
  }
  const cancel = signal === undefined ? {} : { signal };
  const left = await sweepContainers(store, { dryRun: !repair, ...cancel });
  return [
    ...findings,
    ...left.map(({ id, damage }) =>
      damage === undefined ? gone(id, repair) : damaged(store, id, damage, repair),
    ),
  ];
}

function damaged(store: Store, id: string, message: string, repair: boolean): SystemFinding {
  const { upper } = placesOf(store.path, id);
  return {
    kind: "damaged-container",
    subject: id,
    message,
    hint: `What it wrote is in ${upper}; x rm ${shortId(id)} deletes it`,
    ...(repair ? { repaired: false } : {}),
  };
}

function gone(id: string, repair: boolean): SystemFinding {
  return {
    kind: "left-container",
    subject: id,
    message: `container ${shortId(id)} was left by a process that was killed`,
    hint: repair ? "It is deleted; it was to leave nothing" : "It was to leave nothing",
    ...(repair ? { repaired: true } : {}),
  };
}

/** Of all containers but those that are to be deleted anyway. */
function layersToKeep(store: Store): Digest[] {
  return recordsOf(store, "skip")
    .filter(({ id, ephemeral }) => !ephemeral || isRunning(store, id))
    .flatMap(({ layers }) => layers);
}

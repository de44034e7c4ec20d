import { lock, tryLock, type Lock } from "../lock.ts";
import { useLock, type StorePaths } from "../paths.ts";
import { checkBlobs } from "./check-blobs.ts";
import { checkFrame } from "./check-frame.ts";
import { checkIncoming } from "./check-incoming.ts";
import { checkNames } from "./check-names.ts";
import { checkLayers } from "./check-layers.ts";
import { checkReferences } from "./check-references.ts";
import type { Finding } from "./finding.ts";
import type { CheckOptions, Inspection } from "./inspection.ts";

/**
 * Looks for what is wrong with a store, and mends it if that is wanted: what is damaged is removed,
 * so that the next pull brings it again. What is coming in is looked at only when nobody else uses
 * the store. Rejects with the signal's reason, or `X_IMAGE_STORE`.
 */
export async function checkStore(paths: StorePaths, options: CheckOptions): Promise<Finding[]> {
  const inspection: Inspection = { paths, options, findings: [] };
  const use = await enter(inspection);
  if (use === undefined) return inspection.findings;
  try {
    await checkBlobs(inspection);
    if (await checkNames(inspection)) await checkReferences(inspection);
    await checkLayers(inspection);
  } finally {
    use.release();
  }
  return inspection.findings;
}

/** The frame comes first: without it there are no locks, and nothing else is looked at. */
async function enter(inspection: Inspection): Promise<Lock | undefined> {
  const { paths, options } = inspection;
  const path = useLock(paths);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  await checkFrame(inspection);
  const isBroken = ({ kind, repaired }: Finding): boolean =>
    kind === "missing-directory" && repaired !== true;
  if (inspection.findings.some(isBroken)) return undefined;
  if (options.repair === true) {
    const alone = await lock(path, { kind: "exclusive", ...signal });
    await checkIncoming(inspection);
    return alone;
  }
  const alone = tryLock(path, { kind: "exclusive" });
  try {
    if (alone !== undefined) await checkIncoming(inspection);
  } finally {
    alone?.release();
  }
  return lock(path, { kind: "shared", ...signal });
}

import { lstat } from "node:fs/promises";
import type { Digest } from "../../spec/digest.ts";
import { listLayers, type LayerDirectory } from "../contents.ts";
import { discard } from "../discard.ts";
import { filesOf } from "../layers.ts";
import { errnoOf } from "../store-error.ts";
import type { FindingKind } from "./finding.ts";
import { report, type Inspection } from "./inspection.ts";

/** Looks whether what was unpacked is whole, from the lowest layers to the highest. */
export async function checkLayers(inspection: Inspection): Promise<void> {
  const kept = new Set(inspection.options.keepLayers);
  const whole = new Map<Digest, LayerDirectory>();
  for (const layer of await listLayers(inspection.paths)) {
    const fault = await faultOf(layer);
    if (fault === undefined) whole.set(layer.chainId!, layer);
    else await remove(inspection, layer, fault, kept);
  }
  // One that goes may be what another one lies on.
  for (let before = -1; before !== whole.size;) {
    before = whole.size;
    for (const [chainId, layer] of whole) {
      const parent = layer.record?.parent ?? undefined;
      if (parent === undefined || whole.has(parent)) continue;
      whole.delete(chainId);
      const message = `lies on ${parent}, which is not there`;
      await remove(inspection, layer, { kind: "layer-without-parent", message }, kept);
    }
  }
}

interface LayerFault {
  readonly kind: FindingKind;
  readonly message: string;
}

async function faultOf(layer: LayerDirectory): Promise<LayerFault | undefined> {
  const { path, chainId, record, reason } = layer;
  if (chainId === undefined) return { kind: "unknown-file", message: "is no layer" };
  if (record === undefined) {
    const code = errnoOf(reason);
    return code === "ENOENT" || code === "ENOTDIR"
      ? { kind: "layer-without-record", message: "does not say what layer it is" }
      : { kind: "bad-layer", message: "has a layer.json that is damaged" };
  }
  if (record.chainId !== chainId) {
    return { kind: "bad-layer", message: `says that it is ${record.chainId}` };
  }
  const files = await lstat(filesOf(path)).catch(() => undefined);
  if (files?.isDirectory() === true) return undefined;
  return { kind: "half-written-layer", message: "has no files" };
}

async function remove(
  inspection: Inspection,
  { path, chainId }: LayerDirectory,
  { kind, message }: LayerFault,
  kept: ReadonlySet<Digest>,
): Promise<void> {
  await report(inspection, {
    kind,
    subject: path,
    message: `${path} ${message}`,
    remedy: "It is removed, and unpacked again when it is needed",
    async mend() {
      if (chainId !== undefined && kept.has(chainId)) {
        throw new Error("a container uses it; remove the container first");
      }
      await discard(inspection.paths, path);
    },
  });
}

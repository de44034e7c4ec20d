import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { applyLayer, compressionOf, decompress, parseManifest, type Compression } from "@x/image";
import { median } from "../statistics.ts";

/** What a pull consists of. */
export const partNames = ["download", "sha256", "inflate", "create files", "fsync"] as const;

type PartName = (typeof partNames)[number];

/** Milliseconds of each part when it is done alone, one layer after the other. */
export type Parts = Readonly<Record<PartName, number>>;

interface Layer {
  readonly compression: Compression;
  /** As it is in the registry, and as the archive that it holds. */
  readonly packed: Uint8Array;
  readonly archive: Uint8Array;
}

const rounds = 3;

/** Does each part of a pull alone, on the bytes of that image; the medians of three times. */
export async function measureParts(
  host: string,
  image: string,
  pulls: string,
  signal: AbortSignal,
): Promise<Parts> {
  const layers = await layersAt(host, image);
  const times: Record<PartName, number[]> = {
    download: [],
    sha256: [],
    inflate: [],
    "create files": [],
    fsync: [],
  };
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    const folder = join(pulls, `parts-${image}-${round}`);
    mkdirSync(folder);
    const archivesHashed = await time(() => layers.forEach(({ archive }) => hash(archive)));
    const packedHashed = await time(() => layers.forEach(({ packed }) => hash(packed)));
    times.sha256.push(archivesHashed + packedHashed);
    times.download.push(await time(() => layersAt(host, image, true)));
    times.inflate.push(await time(() => inflateAll(layers)));
    const applied = await time(() => applyAll(layers, folder));
    times["create files"].push(applied - archivesHashed);
    times.fsync.push(storeAll(layers, folder));
  }
  return Object.fromEntries(partNames.map((name) => [name, median(times[name])])) as Record<
    PartName,
    number
  >;
}

async function time(act: () => unknown): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

function hash(bytes: Uint8Array): void {
  createHash("sha256").update(bytes).digest();
}

/** With `discard`, what comes is not looked at. */
async function layersAt(host: string, image: string, discard: boolean = false): Promise<Layer[]> {
  const get = async (what: string): Promise<Uint8Array> => {
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const answer = await fetch(`http://${host}/v2/${image}/${what}`, { headers: { accept } });
    return new Uint8Array(await answer.arrayBuffer());
  };
  const manifest = parseManifest(await get("manifests/latest"), {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    name: image,
  });
  const layers: Layer[] = [];
  for (const { digest, mediaType } of manifest.layers) {
    const packed = await get(`blobs/${digest}`);
    if (discard) continue;
    const compression = compressionOf(mediaType) ?? "none";
    const parts: Uint8Array[] = [];
    for await (const part of decompress(once(packed), compression)) parts.push(part);
    layers.push({ compression, packed, archive: Buffer.concat(parts) });
  }
  return layers;
}

async function inflateAll(layers: readonly Layer[]): Promise<void> {
  for (const { packed, compression } of layers) {
    for await (const _ of decompress(once(packed), compression));
  }
}

/** Hashes archives as well: what they hold is not known before. */
async function applyAll(layers: readonly Layer[], folder: string): Promise<void> {
  for (const [index, { archive }] of layers.entries()) {
    const directory = join(folder, `layer-${index}`);
    mkdirSync(directory);
    await applyLayer(once(archive), { compression: "none", directory, whiteouts: "overlay" });
  }
}

/** Milliseconds that fsync takes of files with what is in the registry. */
function storeAll(layers: readonly Layer[], folder: string): number {
  let taken = 0;
  for (const [index, { packed }] of layers.entries()) {
    const file = openSync(join(folder, `blob-${index}`), "w");
    writeSync(file, packed);
    const begin = performance.now();
    fsyncSync(file);
    taken += performance.now() - begin;
    closeSync(file);
  }
  return taken;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += 2 ** 20) yield bytes.subarray(at, at + 2 ** 20);
}

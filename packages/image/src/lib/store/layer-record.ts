import { ImageError } from "../error.ts";
import { isDigest, type Digest } from "../spec/digest.ts";
import { chainId as chainIdOf } from "./chain-id.ts";

/** What a layer that has been unpacked is. */
export interface LayerRecord {
  /** Of its uncompressed archive. */
  readonly diffId: Digest;
  /** The chain id of the layer below; null for the lowest. */
  readonly parent: Digest | null;
  /** Of its uncompressed archive. */
  readonly bytes: number;
  /** Of its archive. */
  readonly entries: number;
  /** What people should know: devices that could not be made. */
  readonly notes?: readonly string[];
}

/** A layer in the store. */
export interface StoredLayer extends LayerRecord {
  readonly chainId: Digest;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** By whom: the numbers of the process and of the user. */
  readonly by: { readonly pid: number; readonly uid: number };
}

/** The text of a `layer.json`. Throws `X_IMAGE_DIGEST` when the record is of another layer. */
export function formatLayer(chainId: Digest, record: LayerRecord): string {
  const actual = chainIdOf(record.parent, record.diffId);
  if (actual !== chainId) {
    const message = `the layer that was made is ${actual} and not ${chainId}`;
    throw new ImageError("X_IMAGE_DIGEST", message, {
      hint: `Its archive is ${record.diffId}, not what the image's configuration says in diff_ids`,
    });
  }
  const by = { pid: process.pid, uid: process.getuid?.() ?? -1 };
  const stored: StoredLayer = { chainId, ...record, made: new Date().toISOString(), by };
  return `${JSON.stringify(stored)}\n`;
}

/** Reads a `layer.json`. Throws `X_IMAGE_STORE` when it is damaged. */
export function parseLayer(text: string, path: string): StoredLayer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  if (!isLayer(value)) throw damaged(path);
  return value;
}

function isLayer(value: unknown): value is StoredLayer {
  if (typeof value !== "object" || value === null) return false;
  const { chainId, diffId, parent, bytes, entries } = value as Record<string, unknown>;
  if (!isDigestText(chainId) || !isDigestText(diffId)) return false;
  if (parent !== null && !isDigestText(parent)) return false;
  if (typeof bytes !== "number" || typeof entries !== "number") return false;
  return chainIdOf(parent, diffId) === chainId;
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === "string" && isDigest(value);
}

function damaged(path: string): ImageError {
  return new ImageError("X_IMAGE_STORE", `${path}, which says what a layer is, is damaged`, {
    hint: "`x system check` removes the layer; it is unpacked again when it is needed",
  });
}

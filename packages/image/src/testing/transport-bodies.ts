import { digestOf } from "../lib/spec/digest.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import type { Descriptor } from "../lib/spec/types.ts";

/** The descriptor of bytes. */
export function describeBytes(bytes: Uint8Array | string, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: Buffer.byteLength(bytes) };
}

/** The bytes of a value as JSON. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

const layer = describeBytes("a layer", mediaTypes.layer);

/** An image's configuration that nobody objects to. */
export const aConfig: Record<string, unknown> = {
  created: "2026-01-02T03:04:05Z",
  architecture: "amd64",
  os: "linux",
  config: { Env: ["PATH=/bin"], Cmd: ["sh"], Labels: { a: "b" }, Volumes: { "/data": {} } },
  rootfs: { type: "layers", diff_ids: [layer.digest] },
  history: [{ created: "2026-01-02T03:04:05Z", created_by: "a test" }, { empty_layer: true }],
};

/** A manifest that nobody objects to. */
export const aManifest: Record<string, unknown> = {
  schemaVersion: 2,
  mediaType: mediaTypes.manifest,
  config: describeBytes(jsonBytes(aConfig), mediaTypes.config),
  layers: [layer],
  annotations: { made: "here" },
};

/** An index of three platforms that nobody objects to. */
export const anIndex: Record<string, unknown> = {
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: ["amd64", "arm64", "s390x"].map((architecture) => ({
    ...describeBytes(architecture, mediaTypes.manifest),
    platform: { architecture, os: "linux" },
  })),
};

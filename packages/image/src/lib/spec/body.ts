import { safeParse, type BaseIssue, type GenericSchema } from "valibot";
import { ImageError, type ImageErrorCode } from "../error.ts";
import { checkDescriptors } from "./descriptor.ts";
import { parseJson } from "./json.ts";
import { isIndexType, isManifestType, mediaTypes } from "./media-type.ts";
import {
  configSchema,
  indexSchema,
  manifestSchema,
  maxLayers,
  noDigest,
  noMediaType,
} from "./schema.ts";
import type { ImageConfig, ImageIndex, ImageManifest } from "./types.ts";

/** What is known of a body before it is read. */
export interface BodyOptions {
  /** What the descriptor or the header called it. */
  readonly mediaType: string;
  /** How errors name it; "the manifest" and the like otherwise. */
  readonly name?: string;
}

/**
 * An image index or docker's manifest list. Throws `X_IMAGE_BODY` for what is malformed or could
 * be taken for a manifest, `X_IMAGE_MEDIA_TYPE`, `X_IMAGE_DIGEST`, `X_IMAGE_SIZE`. Source: OCI
 * image-index.md.
 */
export function parseIndex(bytes: Uint8Array, options: BodyOptions): ImageIndex {
  const { mediaType, name = "the index" } = options;
  const body = parseObject(bytes, name);
  checkKind(body, mediaType, name, isIndexType, ["config", "layers", "fsLayers"]);
  const index = checked<ImageIndex>(indexSchema, body, name);
  checkDescriptors(index.manifests, "manifests");
  return index;
}

/**
 * The manifest of one image, of OCI or docker's schema 2. Throws as {@link parseIndex} does, and
 * `X_IMAGE_LIMIT` over 1,000 layers. Source: OCI manifest.md.
 */
export function parseManifest(bytes: Uint8Array, options: BodyOptions): ImageManifest {
  const { mediaType, name = "the manifest" } = options;
  const body = parseObject(bytes, name);
  checkKind(body, mediaType, name, isManifestType, ["manifests", "fsLayers"]);
  const count = Array.isArray(body["layers"]) ? body["layers"].length : 0;
  if (count > maxLayers) {
    const message = `${name} has ${count} layers; at most ${maxLayers} can be stacked`;
    throw new ImageError("X_IMAGE_LIMIT", message);
  }
  const manifest = checked<ImageManifest>(manifestSchema, body, name);
  checkDescriptors([manifest.config], "config");
  checkDescriptors(manifest.layers, "layers");
  return manifest;
}

/** An image's configuration. Throws as {@link parseIndex} does. Source: OCI config.md. */
export function parseConfig(bytes: Uint8Array, options: BodyOptions): ImageConfig {
  const { mediaType, name = "the configuration" } = options;
  if (!isConfigType(mediaType)) {
    throw new ImageError("X_IMAGE_MEDIA_TYPE", `${name} is of the type ${mediaType}`, {
      hint: "This is no image but something else kept in a registry; it cannot be unpacked or run",
    });
  }
  const config = checked<ImageConfig>(configSchema, parseObject(bytes, name), name);
  const { history, rootfs } = config;
  const made = history?.filter((step) => step.empty_layer !== true).length ?? 0;
  if (made > rootfs.diff_ids.length) {
    const message = `tells of ${made} layers, the root has ${rootfs.diff_ids.length}`;
    throw new ImageError("X_IMAGE_BODY", message, { field: "history" });
  }
  return config;
}

/** Whether the media type is an image configuration's, of OCI or of docker. */
export function isConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.config || mediaType === mediaTypes.dockerConfig;
}

function parseObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  const value = parseJson(bytes, name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ImageError("X_IMAGE_BODY", `${name} is no JSON object`);
  }
  return value as Record<string, unknown>;
}

/** What is announced, what the body calls itself and what the body looks like must be one. */
function checkKind(
  body: Record<string, unknown>,
  mediaType: string,
  name: string,
  isKind: (mediaType: string) => boolean,
  foreign: readonly string[],
): void {
  if (body["schemaVersion"] === 1 || /manifest\.v1\+(json|prettyjws)$/.test(oldName(mediaType))) {
    throw new ImageError("X_IMAGE_MEDIA_TYPE", `${name} is of docker's schema 1`, {
      hint: "Docker gave that format up in 2017; push the image again with a newer tool",
    });
  }
  if (!isKind(mediaType)) {
    throw new ImageError("X_IMAGE_MEDIA_TYPE", `${name} cannot be of the type ${mediaType}`);
  }
  const own = body["mediaType"] ?? undefined;
  if (own !== undefined && own !== mediaType) {
    const message = `${name} is announced as ${mediaType} and calls itself ${JSON.stringify(own)}`;
    throw new ImageError("X_IMAGE_MEDIA_TYPE", message, { field: "mediaType" });
  }
  const stranger = foreign.find((key) => Object.hasOwn(body, key));
  if (stranger !== undefined) {
    const message = `${name} has no business with this; it could be read as something else`;
    throw new ImageError("X_IMAGE_BODY", message, { field: stranger });
  }
}

/** Only docker's: OCI's own types are of version 1 as well. */
function oldName(mediaType: string): string {
  return mediaType.startsWith("application/vnd.docker.") ? mediaType : "";
}

function checked<Value>(schema: GenericSchema, body: unknown, name: string): Value {
  const result = safeParse(schema, body, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return withoutNull(result.output) as Value;
  const [issue] = result.issues;
  const found = JSON.stringify(issue.input)?.slice(0, 200);
  const reason = found === undefined ? "is missing" : `${found} ${issue.message}`;
  throw new ImageError(codeOf(issue), `${reason} (in ${name})`, { field: pathOf(issue) });
}

function codeOf(issue: BaseIssue<unknown>): ImageErrorCode {
  if (issue.message === noDigest) return "X_IMAGE_DIGEST";
  return issue.message === noMediaType ? "X_IMAGE_MEDIA_TYPE" : "X_IMAGE_BODY";
}

function pathOf(issue: BaseIssue<unknown>): string {
  const keys = issue.path?.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${key}`));
  return (keys ?? []).join("").replace(/^\./, "");
}

/** What is null is left out, at every level: nobody below has to ask for both. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNull(item)]));
}

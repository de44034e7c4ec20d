import * as v from "valibot";
import { isDigest, type Digest } from "./digest.ts";

/*
 * Objects are loose: what the specification does not name is ignored, yet kept, so that a
 * configuration that is edited loses nothing. Go writes `null` for what it leaves out.
 */

/** What an issue's message is when a digest is none; such an error has a code of its own. */
export const noDigest = "is no digest";

/** What an issue's message is when a media type is none. */
export const noMediaType = "is no media type";

/** The most layers an image may have. */
export const maxLayers = 1000;

const text = v.string("is no text");
const texts = v.array(text, "is no list");
const isMap = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const map = v.custom<Record<string, unknown>>(isMap, "is no object");
const named = v.pipe(map, v.record(v.string(), text));
const names = v.pipe(map, v.record(v.string(), map));
const shape = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(map, v.looseObject(entries));
const optional = <const Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);

const digest = v.pipe(
  text,
  v.check(isDigest, noDigest),
  v.transform((value) => value as Digest),
);

const mediaType = v.pipe(
  text,
  v.regex(/^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/, noMediaType),
);

const size = v.pipe(
  v.number("is no number"),
  v.check((value) => Number.isSafeInteger(value) && value >= 0, "is no count of bytes"),
);

const platform = shape({
  architecture: text,
  os: text,
  variant: optional(text),
  "os.version": optional(text),
  "os.features": optional(texts),
});

const descriptor = shape({
  mediaType,
  digest,
  size,
  urls: optional(texts),
  annotations: optional(named),
  data: optional(text),
  artifactType: optional(text),
  platform: optional(platform),
});

const schemaVersion = v.literal(2, "is not 2");

/** The shape of an image index. Source: OCI image-index.md. */
export const indexSchema: v.GenericSchema = shape({
  schemaVersion,
  mediaType: optional(text),
  artifactType: optional(text),
  manifests: v.array(descriptor, "is no list"),
  subject: optional(descriptor),
  annotations: optional(named),
});

/** The shape of an image manifest. Source: OCI manifest.md. */
export const manifestSchema: v.GenericSchema = shape({
  schemaVersion,
  mediaType: optional(text),
  artifactType: optional(text),
  config: descriptor,
  layers: v.array(descriptor, "is no list"),
  subject: optional(descriptor),
  annotations: optional(named),
});

const execution = shape({
  User: optional(text),
  ExposedPorts: optional(names),
  Env: optional(texts),
  Entrypoint: optional(texts),
  Cmd: optional(texts),
  Volumes: optional(names),
  WorkingDir: optional(text),
  Labels: optional(named),
  StopSignal: optional(text),
});

const history = shape({
  created: optional(text),
  author: optional(text),
  created_by: optional(text),
  comment: optional(text),
  empty_layer: optional(v.boolean("is neither true nor false")),
});

/** The shape of an image configuration. Docker leaves `diff_ids` out where it would be empty. */
export const configSchema: v.GenericSchema = shape({
  created: optional(text),
  author: optional(text),
  architecture: text,
  os: text,
  variant: optional(text),
  "os.version": optional(text),
  "os.features": optional(texts),
  config: optional(execution),
  rootfs: shape({
    type: v.literal("layers", 'is not "layers"'),
    diff_ids: v.nullish(v.array(digest, "is no list"), []),
  }),
  history: optional(v.array(history, "is no list")),
});

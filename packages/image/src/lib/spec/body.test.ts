import { describe, expect, test } from "vitest";
import {
  aConfig,
  aManifest,
  anIndex,
  describeBytes,
  jsonBytes,
} from "../../testing/transport-bodies.ts";
import { parseConfig, parseIndex, parseManifest } from "./body.ts";
import { parseDocument } from "./document.ts";
import { maxBodyBytes } from "./json.ts";
import { mediaTypes } from "./media-type.ts";

const manifest = (body: unknown, mediaType: string = mediaTypes.manifest) =>
  parseManifest(jsonBytes(body), { mediaType });
const index = (body: unknown, mediaType: string = mediaTypes.index) =>
  parseIndex(jsonBytes(body), { mediaType });
const config = (body: unknown, mediaType: string = mediaTypes.config) =>
  parseConfig(jsonBytes(body), { mediaType });

const layer = (aManifest["layers"] as object[])[0];
const layersOf = (change: object) => ({ ...aManifest, layers: [{ ...layer, ...change }] });
const text = JSON.stringify(aManifest);

test("bodies that are right are read, and keep what the specification does not name", () => {
  expect(manifest({ ...aManifest, future: 1 })).toEqual({ ...aManifest, future: 1 });
  expect(index(anIndex)).toEqual(anIndex);
  expect(config({ ...aConfig, docker_version: "1" })).toEqual({ ...aConfig, docker_version: "1" });
});

test("what Go writes as null counts as left out", () => {
  const read = config({ ...aConfig, config: { Cmd: null, Env: ["A=b"], Volumes: null } });
  expect(read.config).toEqual({ Env: ["A=b"] });
});

test("a media type in the body is optional", () => {
  const { mediaType: _, ...rest } = aManifest;
  expect(manifest(rest)).toEqual(rest);
});

test("a configuration by docker of an image without layers has no diff_ids", () => {
  const read = config({ architecture: "amd64", os: "linux", rootfs: { type: "layers" } });
  expect(read.rootfs.diff_ids).toEqual([]);
});

const confusions: Record<string, [() => unknown, string, string?]> = {
  "a manifest announced as an index": [
    () => index(aManifest),
    "X_IMAGE_MEDIA_TYPE",
    "calls itself",
  ],
  "a manifest of OCI announced as docker's": [
    () => manifest(aManifest, mediaTypes.dockerManifest),
    "X_IMAGE_MEDIA_TYPE",
  ],
  "a manifest announced as a picture": [
    () => manifest(aManifest, "image/png"),
    "X_IMAGE_MEDIA_TYPE",
  ],
  "a manifest with manifests": [
    () => manifest({ ...aManifest, manifests: [] }),
    "X_IMAGE_BODY",
    "manifests: ",
  ],
  "an index with layers": [() => index({ ...anIndex, layers: [] }), "X_IMAGE_BODY", "layers: "],
  "an index with a config": [() => index({ ...anIndex, config: {} }), "X_IMAGE_BODY", "config: "],
  "an index with a config that is null": [
    () => index({ ...anIndex, config: null }),
    "X_IMAGE_BODY",
  ],
  "the same key twice": [
    () => manifest(text.replace('"layers"', '"layers":[],"layers"')),
    "X_IMAGE_BODY",
    'the key "layers" twice',
  ],
  "the same key twice, once escaped": [
    () => manifest(text.replace('"layers"', String.raw`"l\u0061yers":[],"layers"`)),
    "X_IMAGE_BODY",
    "twice",
  ],
  "the same key twice, far below": [
    () => manifest(text.replace('"made"', '"made" : "there", "made"')),
    "X_IMAGE_BODY",
    '"made" twice',
  ],
  "a key in the wrong case": [
    () => manifest(text.replace('"layers"', '"Layers"')),
    "X_IMAGE_BODY",
    "layers: is missing",
  ],
  "a byte order mark": [() => manifest(`\uFEFF${text}`), "X_IMAGE_BODY", "byte order mark"],
  "bytes that are no UTF-8": [
    () => parseManifest(Buffer.from([0x22, 0xff, 0x22]), { mediaType: mediaTypes.manifest }),
    "X_IMAGE_BODY",
    "UTF-8",
  ],
  "a size that is NaN": [() => manifest(text.replace(/"size":\d+/, '"size":NaN')), "X_IMAGE_BODY"],
  "a million brackets": [() => manifest("[".repeat(1_000_000)), "X_IMAGE_BODY", "levels deep"],
  "more than 4 MiB": [() => manifest(text + " ".repeat(maxBodyBytes)), "X_IMAGE_BODY", "longer"],
  "an array": [() => manifest("[]"), "X_IMAGE_BODY", "no JSON object"],
  "a digest in capitals": [
    () => manifest(layersOf({ digest: `sha256:${"A".repeat(64)}` })),
    "X_IMAGE_DIGEST",
    "layers[0].digest",
  ],
  "a digest that is a path": [
    () => manifest(layersOf({ digest: "sha256:../../etc/passwd" })),
    "X_IMAGE_DIGEST",
  ],
  "a digest of an unknown algorithm": [
    () => manifest(layersOf({ digest: `md5:${"a".repeat(32)}` })),
    "X_IMAGE_DIGEST",
  ],
  "a negative size": [() => manifest(layersOf({ size: -1 })), "X_IMAGE_BODY", "layers[0].size"],
  "half a byte": [() => manifest(layersOf({ size: 1.5 })), "X_IMAGE_BODY"],
  "a size that no number holds": [() => manifest(layersOf({ size: 2 ** 60 })), "X_IMAGE_BODY"],
  "a size as text": [() => manifest(layersOf({ size: "7" })), "X_IMAGE_BODY"],
  "content without bytes": [() => manifest(layersOf({ size: 0 })), "X_IMAGE_SIZE"],
  "two sizes for one digest": [
    () => manifest({ ...aManifest, layers: [layer, { ...layer, size: 8 }] }),
    "X_IMAGE_SIZE",
    "7 bytes and 8 bytes",
  ],
  "embedded data that is other content": [
    () => manifest(layersOf({ data: Buffer.from("a liar!").toString("base64") })),
    "X_IMAGE_DIGEST",
    "layers[0].data",
  ],
  "embedded data that is longer": [
    () => manifest(layersOf({ data: Buffer.from("a layer!").toString("base64") })),
    "X_IMAGE_SIZE",
  ],
  "embedded data that is not base64": [() => manifest(layersOf({ data: "*" })), "X_IMAGE_BODY"],
  "a media type that is none": [
    () => manifest(layersOf({ mediaType: "layer\n" })),
    "X_IMAGE_MEDIA_TYPE",
  ],
  "more layers than can be stacked": [
    () => manifest({ ...aManifest, layers: Array.from({ length: 1001 }, () => layer) }),
    "X_IMAGE_LIMIT",
  ],
  "a version that is not 2": [() => manifest({ ...aManifest, schemaVersion: 3 }), "X_IMAGE_BODY"],
  "docker's schema 1 by its body": [
    () => manifest({ schemaVersion: 1, fsLayers: [] }),
    "X_IMAGE_MEDIA_TYPE",
    "schema 1",
  ],
  "docker's schema 1 by its type": [
    () => manifest(aManifest, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
    "X_IMAGE_MEDIA_TYPE",
    "newer tool",
  ],
  "a root that is not of layers": [
    () => config({ ...aConfig, rootfs: { type: "tree", diff_ids: [] } }),
    "X_IMAGE_BODY",
    "rootfs.type",
  ],
  "a diff id that is no digest": [
    () => config({ ...aConfig, rootfs: { type: "layers", diff_ids: ["x"] } }),
    "X_IMAGE_DIGEST",
    "rootfs.diff_ids[0]",
  ],
  "a command that is one text": [
    () => config({ ...aConfig, config: { Cmd: "sh" } }),
    "X_IMAGE_BODY",
    "config.Cmd",
  ],
  "a history of more layers than there are": [
    () => config({ ...aConfig, history: [{}, {}] }),
    "X_IMAGE_BODY",
    "history",
  ],
  "a configuration that is a signature's": [
    () => config({}, "application/vnd.oci.empty.v1+json"),
    "X_IMAGE_MEDIA_TYPE",
  ],
};

describe("what two programs could read differently is refused by name:", () => {
  test.each(Object.entries(confusions))("%s", (_, [parse, code, words = ""]) => {
    expect(parse).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

test("an embedded content that is the right one passes", () => {
  const data = Buffer.from("a layer").toString("base64");
  expect(manifest(layersOf({ data })).layers[0]!.data).toBe(data);
});

test("the same key in two objects is no key twice", () => {
  expect(manifest(layersOf({ annotations: { made: "of", layers: '","layers":' } }))).toBeDefined();
});

describe("a document", () => {
  const bytes = jsonBytes(anIndex);
  const descriptor = describeBytes(bytes, mediaTypes.index);

  test("is read as its descriptor calls it", () => {
    expect(parseDocument({ bytes, descriptor })).toEqual({ kind: "index", index: anIndex });
  });

  test("whose bytes are others than its digest says is refused", () => {
    const changed = Buffer.from(bytes);
    changed[changed.length - 2]! ^= 1;
    expect(() => parseDocument({ bytes: changed, descriptor })).toThrow(
      expect.objectContaining({ code: "X_IMAGE_DIGEST" }),
    );
    expect(() => parseDocument({ bytes: bytes.subarray(1), descriptor })).toThrow(
      expect.objectContaining({ code: "X_IMAGE_SIZE" }),
    );
  });
});

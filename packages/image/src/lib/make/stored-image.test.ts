import { expect, test } from "vitest";
import { aConfig, aManifest, describeBytes, jsonBytes } from "../../testing/transport-bodies.ts";
import { parseConfig, parseManifest } from "../spec/body.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { nextConfig } from "./append.ts";
import { layersIn } from "./stored-image.ts";

const manifest = parseManifest(jsonBytes(aManifest), { mediaType: mediaTypes.manifest });
const config = parseConfig(jsonBytes(aConfig), { mediaType: mediaTypes.config });

test("a layer is known by its archive, its content and what it lies on", () => {
  const top = describeBytes("another layer", mediaTypes.layerZstd);
  const diffIds = [...config.rootfs.diff_ids, top.digest];
  const layers = layersIn({
    manifest: { ...manifest, layers: [...manifest.layers, top] },
    config: { ...config, rootfs: { type: "layers", diff_ids: diffIds } },
  });
  expect(layers.map(({ compression }) => compression)).toEqual(["none", "zstd"]);
  expect(layers[0]).toMatchObject({ chainId: diffIds[0], parent: null });
  expect(layers[1]!.parent).toBe(layers[0]!.chainId);
});

test("what is no layer cannot be unpacked, and the counts must be the same", () => {
  const chart = describeBytes("a chart", "application/vnd.cncf.helm.chart.content.v1.tar+gzip");
  expect(() => layersIn({ manifest: { ...manifest, layers: [chart] }, config })).toThrow(
    expect.objectContaining({ code: "X_IMAGE_MEDIA_TYPE" }),
  );
  expect(() => layersIn({ manifest: { ...manifest, layers: [] }, config })).toThrow(
    expect.objectContaining({ code: "X_IMAGE_BODY" }),
  );
});

test("a change of words alone is a line of history without a layer", () => {
  const created = "2026-01-01T00:00:00Z";
  const next = nextConfig(config, { created, history: { created_by: "x commit" } });
  expect(next.rootfs).toEqual(config.rootfs);
  expect(next.history!.at(-1)).toEqual({ created, created_by: "x commit", empty_layer: true });
});

/** The media types of the OCI image specification and of docker's schema 2, by what they mean. */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  empty: "application/vnd.oci.empty.v1+json",
  dockerManifestList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerLayerZstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
} as const;

/** How a layer's tar is compressed. */
export type Compression = "none" | "gzip" | "zstd";

const layers: Readonly<Record<string, Compression>> = {
  [mediaTypes.layer]: "none",
  [mediaTypes.layerGzip]: "gzip",
  [mediaTypes.layerZstd]: "zstd",
  [mediaTypes.dockerLayer]: "none",
  [mediaTypes.dockerLayerGzip]: "gzip",
  [mediaTypes.dockerLayerZstd]: "zstd",
  "application/vnd.oci.image.layer.nondistributable.v1.tar": "none",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": "gzip",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd": "zstd",
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": "gzip",
};

/** How the layer of this media type is compressed; undefined for what is no layer. */
export function compressionOf(mediaType: string): Compression | undefined {
  return Object.hasOwn(layers, mediaType) ? layers[mediaType] : undefined;
}

/** Whether the media type is an image index's or a docker manifest list's. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.index || mediaType === mediaTypes.dockerManifestList;
}

/** Whether the media type is an image manifest's, of OCI or of docker's schema 2. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === mediaTypes.manifest || mediaType === mediaTypes.dockerManifest;
}

/** What tests of other packages, and the bench, need of registries, images and trees. */
export * from "./images.ts";
export { onPath, registryMissing, startRegistry } from "./registry.ts";
export type { RegistryOptions, TestRegistry } from "./registry.ts";
export { snapshotTree } from "./tree-snapshot.ts";
export type { SnapshotEntry, SnapshotOptions } from "./tree-snapshot.ts";

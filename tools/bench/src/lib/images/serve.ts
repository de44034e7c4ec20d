import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  makeBusyboxImage,
  makeDebianImage,
  makeManyLayerImage,
  startRegistry,
} from "@x/image/testing";
import type { TestRegistry } from "@x/image/testing";

/** What the process of the registry says once it can be pulled from, as a line of JSON. */
export interface Served {
  /** Host and port. */
  readonly host: string;
}

/** The images that can be measured, by name: how each is made in a layout. */
const makers: Readonly<Record<string, (layout: string) => unknown>> = {
  busybox: (layout) => makeBusyboxImage(layout),
  debian: (layout) => makeDebianImage(layout),
  "20-layers": (layout) =>
    makeManyLayerImage(layout, { tag: "20-layers", layers: 20, files: 400, bytes: 20 * 1024 }),
};

/** Starts a registry with images, whose files go into `folder`. */
export async function serve(
  folder: string,
  images: readonly string[],
): Promise<{ served: Served; registry: TestRegistry }> {
  const layout = join(folder, "layout");
  const registry = await startRegistry({ storage: join(folder, "registry") });
  for (const name of images) {
    makers[name]!(layout);
    const to = `docker://${registry.host}/${name}:latest`;
    const copy = ["copy", "--quiet", "--dest-tls-verify=false", `oci:${layout}:${name}`, to];
    const { status, stderr } = spawnSync("skopeo", copy, { encoding: "utf8" });
    if (status !== 0) throw new Error(`skopeo cannot push ${name}: ${stderr}`);
  }
  return { served: { host: registry.host }, registry };
}

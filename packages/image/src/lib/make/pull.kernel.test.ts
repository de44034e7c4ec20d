import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  canMakeImages,
  makeBusyboxImage,
  makeManyLayerImage,
  makeMultiPlatformImage,
} from "../../testing/images.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../../testing/registry.ts";
import type { Progress } from "../progress.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { openStore, type Store } from "../store/store.ts";
import { commitImage } from "./commit.ts";
import { pull, push } from "./pull.ts";

const why = registryMissing ?? (canMakeImages ? "" : "needs root, umoci, skopeo, busybox, zstd");

describe.skipIf(why !== "")(`with a registry${why && ` (${why})`}`, () => {
  let folder = "";
  let layout = "";
  let registry: TestRegistry;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pull-"));
    layout = join(folder, "layout");
    makeBusyboxImage(layout);
    makeManyLayerImage(layout, { layers: 8 });
    makeMultiPlatformImage(layout);
    registry = await startRegistry();
    for (const [ref, ...options] of [
      ["busybox"],
      ["many", "--format", "v2s2"],
      ["multi", "--all"],
    ]) {
      await skopeo("copy", "-q", ...options, `oci:${layout}:${ref}`, at(`${ref}:latest`));
    }
    store = await openStore({ path: join(folder, "store") });
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  // While we wait, the registry's log must be read, or it stops: never synchronously.
  const run = async (command: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(command, args)).stdout;
  const skopeo = (verb: string, ...args: string[]): Promise<string> =>
    run(
      "skopeo",
      verb,
      verb === "copy" ? "--dest-tls-verify=false" : "--tls-verify=false",
      ...args,
    );
  const at = (name: string): string => `docker://${registry.host}/${name}`;
  const digestAt = async (name: string): Promise<string> =>
    (await skopeo("inspect", "--format", "{{.Digest}}", at(name))).trim();

  test("an image is pulled, unpacked and named; pulled again, nothing is downloaded", async () => {
    const events: Progress[] = [];
    const onProgress = (event: Progress): void => void events.push(event);
    const name = `${registry.host}/busybox`;
    const pulled = await pull(store, name, { onProgress });
    expect(pulled.name).toBe(`${name}:latest`);
    expect(pulled.descriptor.digest).toBe(await digestAt("busybox"));
    expect(await store.resolve(pulled.name)).toMatchObject({ digest: pulled.descriptor.digest });
    const [root] = pulled.unpacked!.lower;
    expect(readFileSync(join(root!, "etc/hostname"), "utf8")).toBe("busybox\n");
    expect(events.some(({ phase, state }) => phase === "download" && state === "done")).toBe(true);
    events.length = 0;
    await pull(store, name, { onProgress });
    expect(new Set(events.map(({ state }) => state))).toEqual(new Set(["exists"]));
  });

  test("an image of docker's types keeps them, and what is made of it has OCI's", async () => {
    const name = `${registry.host}/many:latest`;
    const pulled = await pull(store, name);
    expect(pulled.descriptor.mediaType).toBe(mediaTypes.dockerManifest);
    const edits = { env: { MADE: "here" } };
    const made = await commitImage(store, {
      base: pulled.descriptor,
      edits,
      name: `${registry.host}/made:1`,
    });
    expect(made.manifest.layers.map(({ digest }) => digest)).toEqual(
      pulled.images[0]!.manifest.layers.map(({ digest }) => digest),
    );
    expect(new Set(made.manifest.layers.map(({ mediaType }) => mediaType))).toEqual(
      new Set([mediaTypes.layerGzip]),
    );
    const pushed = await push(store, `${registry.host}/made:1`);
    expect(await digestAt("made:1")).toBe(pushed.descriptor.digest);
    expect(await skopeo("inspect", at("made:1"))).toContain("MADE=here");
    const copied = join(folder, "made");
    await run("skopeo", "copy", "-q", "--src-tls-verify=false", at("made:1"), `oci:${copied}:made`);
    await run("umoci", "unpack", "--image", `${copied}:made`, join(folder, "bundle"));
    expect(readFileSync(join(folder, "bundle/rootfs/top"), "utf8")).toBe("7\n");
  });

  test("an image is pushed by another name, an index whole", async () => {
    const pulled = await pull(store, `${registry.host}/multi`, { all: true });
    expect(pulled.images).toHaveLength(3);
    await push(store, pulled.name, `${registry.host}/again:2`);
    expect(await digestAt("again:2")).toBe(await digestAt("multi"));
  });

  test("two pulls of the same image at once download each blob once", async () => {
    const fresh = await openStore({ path: join(folder, "fresh") });
    const events: Progress[] = [];
    const onProgress = (event: Progress): void => void events.push(event);
    const name = `${registry.host}/many`;
    const [one, two] = await Promise.all([
      pull(fresh, name, { onProgress }),
      pull(fresh, name, { onProgress }),
    ]);
    expect(one.unpacked!.lower).toEqual(two.unpacked!.lower);
    const unpacked = events.filter(({ phase, state }) => phase === "unpack" && state === "done");
    expect(unpacked).toHaveLength(8);
    const bytes = events.filter(({ phase, state }) => phase === "download" && state === "running");
    const whole = bytes.filter(({ bytes: got, total }) => got === total);
    expect(whole).toHaveLength(9);
  });

  test("a tag that is not there is an error, and nothing gets a name", async () => {
    const fresh = await openStore({ path: join(folder, "none") });
    await expect(pull(fresh, `${registry.host}/busybox:none`)).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
    });
    expect(await fresh.references()).toEqual([]);
  });
});

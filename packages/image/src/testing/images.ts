import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillBusyboxRoot, fillRichRoot, fillTopOfRich, changeRichRoot } from "./image-roots.ts";
import { describeLayout, writeBlob, writeLayoutIndex } from "./image-layouts.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import type { Descriptor, ImageManifest } from "../lib/spec/types.ts";

/*
 * Images made by other people's tools: umoci puts them together, GNU tar writes their layers. All
 * of it needs root, for devices and owners. A layout that is not there yet is begun.
 */

/** An image in an OCI layout. */
export interface TestImage {
  readonly layout: string;
  readonly tag: string;
}

/** What the makers below take besides a layout. */
export interface MakeOptions {
  readonly tag?: string;
}

/** Whether the tools are here, and root is. */
export const canMakeImages: boolean =
  process.getuid?.() === 0 &&
  ["umoci", "skopeo", "tar", "zstd", "busybox", "setcap", "setfattr"].every((tool) =>
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].some((folder) => existsSync(join(folder, tool))),
  );

/** A busybox with its links, and a command: 1 layer, about 1 MB. */
export function makeBusyboxImage(layout: string, { tag = "busybox" }: MakeOptions = {}): TestImage {
  const image = begin(layout, tag);
  addRoot(image, fillBusyboxRoot);
  configure(image, ["--config.cmd", "sh", "--config.env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
  return image;
}

/**
 * Three layers with all that is hard: whiteouts, opaque directories, hard links (also into a lower
 * layer), set-user-ID, attributes, file capabilities, devices, long names, holes, changed types.
 */
export function makeThreeLayerImage(
  layout: string,
  { tag = "three" }: MakeOptions = {},
): TestImage {
  const image = begin(layout, tag);
  addRoot(image, fillRichRoot);
  repack(image, changeRichRoot);
  addRoot(image, fillTopOfRich);
  configure(image, [
    "--config.user",
    "1000:1000",
    "--config.workingdir",
    "/srv",
    "--config.label",
    "of=three",
  ]);
  configure(image, ["--config.volume", "/data", "--config.exposedports", "80/tcp"]);
  configure(image, ["--config.entrypoint", "/bin/sh", "--config.stopsignal", "SIGUSR1"]);
  return image;
}

/** Many layers of `files` files of `bytes` bytes each, of which a half compresses away. */
export function makeManyLayerImage(
  layout: string,
  options: MakeOptions & { layers?: number; files?: number; bytes?: number } = {},
): TestImage {
  const { tag = "many", layers = 20, files = 10, bytes = 4096 } = options;
  const image = begin(layout, tag);
  for (let layer = 0; layer < layers; layer++) {
    addRoot(image, (root) => {
      if (layer === 0) fillBusyboxRoot(root);
      mkdirSync(join(root, `layer-${layer}`));
      for (let file = 0; file < files; file++) {
        const content = noise(`${layer}/${file}`, bytes);
        writeFileSync(join(root, `layer-${layer}`, `file-${file}`), content);
      }
      writeFileSync(join(root, "top"), `${layer}\n`);
    });
  }
  configure(image, ["--config.cmd", "cat", "--config.cmd", "/top"]);
  return image;
}

/**
 * A Debian with apt, by mmdebstrap from this machine's own package sources. The first time takes a
 * minute or two; the tar is kept in /var/tmp/x-test-images, by what it is made from.
 */
export function makeDebianImage(layout: string, { tag = "debian" }: MakeOptions = {}): TestImage {
  const image = begin(layout, tag);
  execFileSync("umoci", ["raw", "add-layer", "--image", `${layout}:${tag}`, debianTar()], quiet);
  configure(image, ["--config.cmd", "bash", "--config.env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
  return image;
}

/** The tar of that Debian's root. */
export function debianTar(): string {
  const args = ["--variant=minbase", "--format=tar", "bookworm"];
  const key = createHash("sha256").update(args.join(" ")).digest("hex").slice(0, 12);
  const folder = "/var/tmp/x-test-images";
  const path = join(folder, `debian-${key}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const making = join(folder, `making-${process.pid}.tar`);
  try {
    execFileSync("mmdebstrap", ["--quiet", ...args, making], quiet);
    renameSync(making, path);
  } finally {
    rmSync(making, { force: true });
  }
  return path;
}

/** One index over images for amd64, arm64/v8 and arm/v7, each with a file that names it. */
export function makeMultiPlatformImage(
  layout: string,
  { tag = "multi" }: MakeOptions = {},
): TestImage {
  const platforms = ["amd64", "arm64/v8", "arm/v7"];
  const manifests = platforms.map((name): Descriptor => {
    const [architecture = "", variant] = name.split("/");
    const image = begin(layout, `${tag}-${architecture}`);
    addRoot(image, (root) => {
      if (architecture === "amd64") fillBusyboxRoot(root);
      writeFileSync(join(root, "platform"), `${name}\n`);
    });
    configure(image, [
      "--architecture",
      architecture,
      "--config.cmd",
      "cat",
      "--config.cmd",
      "/platform",
    ]);
    const { annotations: _, platform: __, ...descriptor } = describeLayout(layout, image.tag);
    const platform = { os: "linux", architecture, ...(variant !== undefined && { variant }) };
    return { ...descriptor, platform };
  });
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  const descriptor = writeBlob(layout, JSON.stringify(index), mediaTypes.index);
  writeLayoutIndex(layout, tag, descriptor);
  return { layout, tag };
}

/** The same image with its layers in zstd, written in the same layout. */
export function withZstdLayers(image: TestImage, tag: string = `${image.tag}-zstd`): TestImage {
  const { layout } = image;
  const blob = (descriptor: Descriptor): Buffer =>
    readFileSync(join(layout, "blobs", ...descriptor.digest.split(":")));
  const manifest = JSON.parse(blob(describeLayout(layout, image.tag)).toString()) as ImageManifest;
  const layers = manifest.layers.map((layer) => {
    const tar = execFileSync("gzip", ["-dc"], { input: blob(layer), maxBuffer: 2 ** 30 });
    const zstd = execFileSync("zstd", ["-q", "-c", "-3"], { input: tar, maxBuffer: 2 ** 30 });
    return writeBlob(layout, zstd, mediaTypes.layerZstd);
  });
  const changed = { ...manifest, mediaType: mediaTypes.manifest, layers };
  const descriptor = writeBlob(layout, JSON.stringify(changed), mediaTypes.manifest);
  writeLayoutIndex(layout, tag, descriptor);
  return { layout, tag };
}

const quiet = {
  stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"],
  maxBuffer: 2 ** 26,
};

function begin(layout: string, tag: string): TestImage {
  if (!existsSync(layout)) execFileSync("umoci", ["init", "--layout", layout], quiet);
  execFileSync("umoci", ["new", "--image", `${layout}:${tag}`], quiet);
  return { layout, tag };
}

function configure({ layout, tag }: TestImage, args: string[]): void {
  execFileSync("umoci", ["config", "--image", `${layout}:${tag}`, ...args], quiet);
}

/** Adds a layer of what `fill` puts into an empty directory, in GNU tar's PAX format. */
function addRoot({ layout, tag }: TestImage, fill: (root: string) => void): void {
  withFolder((folder) => {
    const [root, tar] = [join(folder, "root"), join(folder, "layer.tar")];
    mkdirSync(root);
    fill(root);
    const format = ["--format=posix", "--sort=name", "--numeric-owner", "--sparse"];
    const attributes = ["--xattrs", "--xattrs-include=*"];
    execFileSync("tar", ["-C", root, "-cf", tar, ...format, ...attributes, "."], quiet);
    execFileSync("umoci", ["raw", "add-layer", "--image", `${layout}:${tag}`, tar], quiet);
  });
}

/** Adds a layer of what `change` changes in the unpacked image. */
function repack({ layout, tag }: TestImage, change: (root: string) => void): void {
  withFolder((folder) => {
    const bundle = join(folder, "bundle");
    execFileSync("umoci", ["unpack", "--image", `${layout}:${tag}`, bundle], quiet);
    change(join(bundle, "rootfs"));
    execFileSync("umoci", ["repack", "--image", `${layout}:${tag}`, bundle], quiet);
  });
}

function withFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "x-image-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes that are the same every time, of which a half compresses away. */
function noise(seed: string, bytes: number): Buffer {
  const content = Buffer.alloc(bytes, "x ");
  for (let at = 0; at < bytes; at += 64) {
    createHash("sha256").update(`${seed} ${at}`).digest().copy(content, at);
  }
  return content;
}

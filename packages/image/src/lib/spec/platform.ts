import { ImageError } from "../error.ts";
import { isIndexType } from "./media-type.ts";
import type { Descriptor, ImageIndex, Platform } from "./types.ts";

/** What Go and OCI call what Node and uname call otherwise. */
const architectures: Readonly<Record<string, Platform>> = {
  x64: { os: "linux", architecture: "amd64" },
  x86_64: { os: "linux", architecture: "amd64" },
  "x86-64": { os: "linux", architecture: "amd64" },
  aarch64: { os: "linux", architecture: "arm64", variant: "v8" },
  armhf: { os: "linux", architecture: "arm", variant: "v7" },
  armel: { os: "linux", architecture: "arm", variant: "v6" },
  ia32: { os: "linux", architecture: "386" },
  i386: { os: "linux", architecture: "386" },
  loong64: { os: "linux", architecture: "loong64" },
  mips64el: { os: "linux", architecture: "mips64le" },
  mipsel: { os: "linux", architecture: "mipsle" },
  ppc64: { os: "linux", architecture: "ppc64le" },
};

/** The platform of this machine's containers: Linux, on the processor that Node runs on. */
export function currentPlatform(arch: string = process.arch): Platform {
  return normalPlatform(architectures[arch] ?? { os: "linux", architecture: arch });
}

/**
 * The platform that people write: `linux/arm64/v8`, `linux/amd64`, or the processor alone. Throws
 * `X_IMAGE_INVALID`.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split("/");
  const [first = "", second, variant] = parts;
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9][a-z0-9._-]*$/.test(part))) {
    throw new ImageError("X_IMAGE_INVALID", `${JSON.stringify(text)} is no platform`, {
      field: "platform",
      hint: "Write it as linux/amd64, linux/arm64 or linux/arm/v7",
    });
  }
  const known = architectures[second ?? first];
  const architecture = known?.architecture ?? second ?? first;
  const os = second === undefined ? "linux" : first;
  const given = variant ?? known?.variant;
  return normalPlatform({ os, architecture, ...(given === undefined ? {} : { variant: given }) });
}

/** A platform as {@link parsePlatform} reads it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined || variant === "" ? [] : [variant])].join(
    "/",
  );
}

/**
 * The entry of an index that fits a platform best: the same variant, else the highest below it;
 * the first of equals. Throws `X_IMAGE_PLATFORM`; its hint lists what there is. Source: OCI
 * image-index.md.
 */
export function selectPlatform(index: ImageIndex, wanted: Platform): Descriptor {
  const entries = index.manifests.filter((entry) => !isAttestation(entry));
  for (const platform of acceptable(normalPlatform(wanted))) {
    const found = entries.find((entry) => entry.platform && same(entry.platform, platform));
    if (found !== undefined) return found;
  }
  // What says nothing of its platform is an image by itself, or a further index.
  const silent = entries.filter((entry) => entry.platform === undefined);
  const [only] = silent;
  if (only !== undefined && (silent.length === 1 || isIndexType(only.mediaType))) return only;
  const offered = new Set(
    entries.flatMap(({ platform }) => (platform ? [formatPlatform(platform)] : [])),
  );
  const message = `the image has nothing for ${formatPlatform(wanted)}`;
  throw new ImageError("X_IMAGE_PLATFORM", message, {
    hint: offered.size === 0 ? "It has no image at all" : `It has ${[...offered].join(", ")}`,
  });
}

/** Whether what is made for the second runs on the first. */
export function runsOn(machine: Platform, image: Platform): boolean {
  return acceptable(normalPlatform(machine)).some((platform) => same(image, platform));
}

/** Notes that buildkit keeps beside images, for no platform at all. */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  if (annotations?.["vnd.docker.reference.type"] !== undefined) return true;
  return platform?.os === "unknown" && platform.architecture === "unknown";
}

/** One way to say each platform: `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64/v1` `amd64`. */
function normalPlatform(platform: Platform): Platform {
  const { variant: written, ...rest } = platform;
  const variant = /^\d+$/.test(written ?? "") ? `v${written}` : written;
  const { architecture } = rest;
  if (architecture === "arm64") return { ...rest, variant: variant || "v8" };
  if (architecture === "arm") return { ...rest, variant: variant || "v7" };
  if (variant === undefined || variant === "") return rest;
  return architecture === "amd64" && variant === "v1" ? rest : { ...rest, variant };
}

/** The platform, and those below it that the same processor runs, best first. */
function acceptable(platform: Platform): Platform[] {
  const level = /^v(\d+)$/.exec(platform.variant ?? "")?.[1];
  if (level === undefined) return [platform];
  const lowest = { amd64: 1, arm: 5, arm64: 8 }[platform.architecture] ?? Number(level);
  const count = Math.max(1, Math.min(32, Number(level) - lowest + 1));
  return Array.from({ length: count }, (_, step) =>
    normalPlatform({ ...platform, variant: `v${Number(level) - step}` }),
  );
}

function same(left: Platform, right: Platform): boolean {
  const [a, b] = [normalPlatform(left), normalPlatform(right)];
  return a.os === b.os && a.architecture === b.architecture && a.variant === b.variant;
}

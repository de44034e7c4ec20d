import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { openApt, type DebianArchitecture } from "./apt.ts";
import { cached } from "./cache.ts";
import { extractKernel } from "./kernel-image.ts";
import { indexModules } from "./kernel-modules.ts";
import { programs, run } from "./program.ts";
import { VmError } from "./vm-error.ts";

/** A kernel, its modules and a static busybox, unpacked from Debian's packages. */
export interface GuestSystem {
  /** What QEMU starts. */
  kernel: string;
  /** `uname -r` in the guest. */
  release: string;
  /** The folder that is `/lib/modules/RELEASE` in the guest. */
  modules: string;
  busybox: string;
  /** The packages by name, with their versions. */
  packages: Record<string, string>;
}

interface GuestSource {
  architecture: DebianArchitecture;
  /** The package that depends on the newest kernel of its kind. */
  kernelPackage: string;
  unpackKernel: (vmlinuz: Buffer) => Uint8Array;
}

export type GuestName = "x64" | "arm64";

const guestSources: Record<GuestName, GuestSource> = {
  x64: {
    architecture: "amd64",
    kernelPackage: "linux-image-amd64",
    unpackKernel: extractKernel,
  },
  arm64: {
    architecture: "arm64",
    kernelPackage: "linux-image-cloud-arm64",
    unpackKernel: (vmlinuz) => vmlinuz,
  },
};

/** Raised when what is in the cache changes its shape. */
const cacheVersion = 1;

/** Modules outside these folders drive hardware that no guest has; they would fill the cache. */
const keptModules =
  /^kernel\/(arch|block|crypto|fs|kernel|lib|mm|net|security)\/|^kernel\/drivers\/(block|char|md|vhost|virtio)\/|^kernel\/drivers\/net\/[^/]+$/;

/**
 * The system of a guest, from the cache or else downloaded from Debian by apt (once, about
 * 70 MB for x64 and 22 MB for arm64). Needs no root. Throws VmError, or the signal's reason.
 */
export async function guestSystem(name: GuestName, signal?: AbortSignal): Promise<GuestSystem> {
  const place = await cached(`${name}-${cacheVersion}`, (folder) =>
    fill(folder, guestSources[name], signal),
  );
  const { release, packages } = JSON.parse(
    readFileSync(join(place, "system.json"), "utf8"),
  ) as Pick<GuestSystem, "release" | "packages">;
  return {
    kernel: join(place, "kernel"),
    release,
    modules: join(place, "modules"),
    busybox: join(place, "busybox"),
    packages,
  };
}

async function fill(folder: string, source: GuestSource, signal?: AbortSignal): Promise<void> {
  const work = join(folder, "work");
  const root = join(work, "root");
  const apt = await openApt(work, source.architecture, signal);
  const image = await apt.dependencyOf(source.kernelPackage, /^linux-image-\d/);
  const packages: Record<string, string> = {};
  for (const name of [image, "busybox-static"]) {
    packages[name] = await apt.unpack(name, root);
  }
  const release = image.replace(/^linux-image-/, "");
  const vmlinuz = readFileSync(firstOf(root, [`boot/vmlinuz-${release}`]));
  writeFileSync(join(folder, "kernel"), source.unpackKernel(vmlinuz));
  cpSync(firstOf(root, ["bin/busybox", "usr/bin/busybox"]), join(folder, "busybox"));
  chmodSync(join(folder, "busybox"), 0o755);
  await keepModules(
    firstOf(root, [`lib/modules/${release}`, `usr/lib/modules/${release}`]),
    join(folder, "modules"),
    signal,
  );
  writeFileSync(join(folder, "system.json"), JSON.stringify({ release, packages }, null, 2));
  rmSync(work, { recursive: true });
}

async function keepModules(from: string, to: string, signal?: AbortSignal): Promise<void> {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => {
      const name = path.slice(from.length + 1);
      return statSync(path).isDirectory() || !name.startsWith("kernel/") || keptModules.test(name);
    },
  });
  const packed = readdirSync(to, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ko.xz"),
  );
  if (packed.length > 0) {
    await run(programs.xz, ["-d", "--", ...packed], { directory: to, signal });
  }
  indexModules(to);
}

function firstOf(root: string, paths: readonly string[]): string {
  const found = paths.map((path) => join(root, path)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new VmError(
      "X_VM_BAD_PACKAGE",
      `none of ${paths.join(", ")} is in the packages below ${dirname(root)}`,
    );
  }
  return found;
}

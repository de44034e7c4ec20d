import { chmod, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { ImageError } from "../error.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { writeDurably } from "./durable.ts";
import { lock } from "./lock.ts";
import { indexLock, storeDirectories, type StorePaths } from "./paths.ts";
import { errnoOf, storeError } from "./store-error.ts";

/** The format of the stores that this version reads and writes. */
const storeVersion = "1";

/** The `oci-layout` file, to the letter. Source: OCI image-layout.md. */
export const layoutText: string = JSON.stringify({ imageLayoutVersion: "1.0.0" });

/** An `index.json` without any image. Source: OCI image-index.md. */
export const emptyIndexText: string = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: [],
});

/**
 * Makes the directories and files of a store where there are none. Throws `X_IMAGE_STORE` where
 * there is a store of another version, or something that is no store.
 */
export async function ensureSkeleton(paths: StorePaths): Promise<void> {
  try {
    if (await isStore(paths)) return await closeToOthers(paths.root);
    await refuseForeign(paths);
    await mkdir(paths.root, { recursive: true, mode: 0o700 });
    for (const directory of storeDirectories(paths)) await ensureDirectory(directory);
    await using _ = await lock(indexLock(paths), { kind: "exclusive" });
    await ensureFile(paths.layout, layoutText, paths);
    await ensureFile(paths.index, emptyIndexText, paths);
    // Last, so that whoever is killed before leaves something that is finished by the next.
    await ensureFile(paths.version, `${storeVersion}\n`, paths);
  } catch (error) {
    throw storeError(`no store can be had at ${paths.root}`, error);
  }
}

async function isStore({ root, version }: StorePaths): Promise<boolean> {
  const found = await readFile(version, "utf8").catch(absent);
  if (found === undefined) return false;
  if (found.trim() === storeVersion) return true;
  const said = JSON.stringify(found.trim().slice(0, 40));
  throw new ImageError("X_IMAGE_STORE", `${root} is a store of version ${said}`, {
    hint: `This program knows version ${storeVersion}: use the newer one, or another place (X_STORE)`,
  });
}

/** A directory in which somebody has other things is not to be filled, nor closed to others. */
async function refuseForeign(paths: StorePaths): Promise<void> {
  const names = await readdir(paths.root).catch(absent);
  const own = new Set(["images", "layers", "incoming", "locks", "containers"]);
  const foreign = names?.find((name) => !own.has(name));
  if (foreign === undefined) return;
  throw new ImageError("X_IMAGE_STORE", `${paths.root} is no store: there is ${foreign} in it`, {
    hint: "Give an empty or a new directory, or that of a store",
  });
}

function absent(error: unknown): undefined {
  if (errnoOf(error) !== "ENOENT") throw error;
}

/** Setuid programs of images lie in a store: nobody else may get at them, whatever the umask. */
async function ensureDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  await closeToOthers(path);
}

async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o777) !== 0o700) await chmod(path, 0o700);
}

async function ensureFile(path: string, text: string, paths: StorePaths): Promise<void> {
  if ((await stat(path).catch(absent)) !== undefined) return;
  await writeDurably(path, text, paths.incoming);
}

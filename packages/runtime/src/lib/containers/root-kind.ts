import { chmodSync, chownSync, lstatSync, mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { WaitOptions } from "@x/image";
import { mountUnion, overlayFacts, UnionError } from "@x/unionfs";
import type { DirectoryRoot, UnionRoot } from "../sandbox.ts";
import type { ContainerPlaces } from "./places.ts";

/** How a container comes to its root. */
export interface RootKind {
  /** The root, of layers with the topmost first. */
  readonly rootOf: (lower: readonly string[]) => DirectoryRoot | UnionRoot;
  /** Makes what of it is the container's own; resolves with what people should know. */
  readonly make: (lower: readonly string[], options: WaitOptions) => Promise<readonly string[]>;
}

/** The kind that this machine can do: its kernel stacks the layers, or they are copied. */
export async function rootKind(places: ContainerPlaces, ephemeral: boolean): Promise<RootKind> {
  const trouble = await whyNoOverlay();
  if (trouble !== undefined) return copied(places, trouble);
  return ephemeral ? inMemory : stacked(places);
}

const inMemory: RootKind = { rootOf: (lower) => ({ lower }), make: async () => [] };

/** The root of the union looks as its topmost directory does. */
function stacked({ upper, work }: ContainerPlaces): RootKind {
  return {
    rootOf: (lower) => ({ lower, upper, work }),
    make: async ([topLayer]) => {
      const { mode, uid, gid } = lstatSync(topLayer!);
      mkdirSync(upper);
      mkdirSync(work, { mode: 0o700 });
      if (process.geteuid!() === 0) chownSync(upper, uid, gid);
      chmodSync(upper, mode & 0o7777);
      return [];
    },
  };
}

/** The copy ends up in `upper`, where a union would have put what the container writes. */
function copied({ upper, directory }: ContainerPlaces, trouble: string): RootKind {
  return {
    rootOf: () => ({ dir: upper, untrusted: true }),
    make: async (lower, options) => {
      const target = join(directory, "copy");
      for (const path of [target, upper]) mkdirSync(path, { mode: 0o700 });
      await using union = await mountUnion({ lower, upper, target, driver: "copy", ...options });
      await union.unmount();
      rmdirSync(target);
      return [`the image was copied for this container: ${trouble}`, ...union.notices];
    },
  };
}

async function whyNoOverlay(): Promise<string | undefined> {
  try {
    await overlayFacts();
    return undefined;
  } catch (error) {
    if (error instanceof UnionError && error.code === "X_UNION_UNSUPPORTED") return error.message;
    throw error;
  }
}

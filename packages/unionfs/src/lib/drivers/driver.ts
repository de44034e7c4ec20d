import type { IdMap } from "../id-map.ts";
import type { UnionLayers } from "../union.ts";

/** The ways to make a union. */
export type DriverName = "overlay" | "aufs" | "fuse-overlayfs" | "copy";

/** A union as a driver is to make it: checked, with `work` where there is an `upper`. */
export interface UnionRequest extends UnionLayers {
  readonly target: string;
  /** Attributes of the mount, `MOUNT_ATTR_*`. */
  readonly attributes: number;
  readonly idmap: IdMap | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A union that a driver has made. */
export interface Mounted {
  /** The directory that `changes` reads while it is mounted, if there is one. */
  readonly upper: string | undefined;
  /** What could not be done as it should, in sentences. */
  readonly notices: readonly string[];
  /** Takes it away. Rejects with UnionError `X_UNION_BUSY` when it is in use, unless `lazy`. */
  readonly unmount: (options: { readonly lazy: boolean }) => Promise<void>;
}

/** One way to make a union. */
export interface Driver {
  readonly name: DriverName;
  /** Why it is the one to take. */
  readonly praise: string;
  /** Tries whether it works here: undefined if so, else the reason. Once in a process's life. */
  readonly refusal: () => Promise<string | undefined>;
  readonly mount: (request: UnionRequest) => Promise<Mounted>;
}

import { createHash } from "node:crypto";
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_RDONLY, syscall } from "@x/syscall";
import { ImageError } from "../error.ts";
import { digestOfHash, type Digest } from "../spec/digest.ts";
import type { Compression } from "../spec/media-type.ts";
import { compress } from "../tar/compress.ts";
import { isErrno } from "./kernel-said.ts";
import type { LayerUser } from "./pack-header.ts";
import { addChange, noChanges, type ChangeTree, type LayerChange } from "./pack-change.ts";
import { unreadable } from "./pack-error.ts";
import { packTree } from "./pack-tree.ts";

/** How {@link packLayer} works. */
export interface PackOptions {
  /** The directory that is packed, or in which what changed lies. */
  readonly root: string;
  readonly compression: Compression;
  /** See `compress`. */
  readonly level?: number;
  /** No time in the layer is later: seconds since 1970, as in `SOURCE_DATE_EPOCH`. */
  readonly sourceDateEpoch?: number;
  /**
   * `record`: owners are those written down beside the files, and `user` where nothing is. As in
   * `applyLayer`.
   */
  readonly owners?: "keep" | "record";
  /** Who this process's user is in the layer, with `record`; root unless given. */
  readonly user?: LayerUser;
  readonly signal?: AbortSignal;
  /** Hears how many more bytes, uncompressed, have been packed. */
  readonly onBytes?: (bytes: number) => void;
}

/** What a layer turned out to be. */
export interface Packed {
  /** Of the uncompressed bytes. Source: OCI config.md, `rootfs.diff_ids`. */
  readonly diffId: Digest;
  /** Of the compressed bytes, of which there are `size`. */
  readonly digest: Digest;
  readonly size: number;
  readonly uncompressedBytes: number;
  readonly entries: number;
}

/** A layer in the making: to be read once. `packed` is known when `chunks` has been read. */
export interface PackedLayer {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly packed: Promise<Packed>;
}

/**
 * Makes a layer out of a directory: of `everything` in it, or of what `changes` of @x/unionfs says.
 * Hard links, extended attributes and nanoseconds are kept; what was deleted is noted as OCI has
 * it; the directories above a change are there with their attributes. The tree is read by
 * descriptor and may come from anywhere. The same tree gives the same bytes. Memory grows with the
 * number of changes and hard links, not with the size of files.
 *
 * `chunks` and `packed` fail with `X_IMAGE_INVALID` for what no layer can hold and for files that
 * change meanwhile, `X_IMAGE_STORE` for what cannot be read, and the reason of an aborted `signal`.
 * Throws `X_IMAGE_INVALID` for options that make no sense.
 */
export function packLayer(
  entries: "everything" | AsyncIterable<LayerChange>,
  options: PackOptions,
): PackedLayer {
  const { compression, level, sourceDateEpoch } = options;
  if (sourceDateEpoch !== undefined && !Number.isSafeInteger(sourceDateEpoch)) {
    throw new ImageError("X_IMAGE_INVALID", "it must be whole seconds since 1970", {
      field: "sourceDateEpoch",
    });
  }
  const outcome = new Outcome();
  const plain = plainChunks(entries, options, outcome);
  const chunks = compress(plain, compression, level === undefined ? {} : { level });
  return { chunks: outcome.watch(chunks), packed: outcome.packed };
}

/** Throws `X_IMAGE_INVALID` for what is no directory, `X_IMAGE_STORE` for one that is not ours. */
function openRoot(root: string): number {
  if (root === "" || root.includes("\0")) {
    throw new ImageError("X_IMAGE_INVALID", "it must be the path of a directory, without NUL", {
      field: "root",
    });
  }
  try {
    return syscall("openat", AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw unreadable("", error);
    throw new ImageError("X_IMAGE_INVALID", `${root} is no directory (${error.code})`, {
      field: "root",
      cause: error,
    });
  }
}

async function* plainChunks(
  entries: "everything" | AsyncIterable<LayerChange>,
  options: PackOptions,
  outcome: Outcome,
): AsyncGenerator<Uint8Array, void> {
  const { root, sourceDateEpoch, signal, onBytes } = options;
  signal?.throwIfAborted();
  const changes = entries === "everything" ? undefined : await treeOf(entries, signal);
  const fd = openRoot(root);
  try {
    const context = {
      owners: options.owners ?? (process.geteuid?.() === 0 ? "keep" : "record"),
      here: { uid: process.geteuid!(), gid: process.getegid!() },
      user: options.user ?? { uid: 0, gid: 0 },
      latest: sourceDateEpoch === undefined ? undefined : BigInt(sourceDateEpoch) * 1_000_000_000n,
    } as const;
    for await (const chunk of packTree(fd, changes, context, () => outcome.onEntry())) {
      signal?.throwIfAborted();
      outcome.onPlain(chunk);
      onBytes?.(chunk.length);
      yield chunk;
    }
  } finally {
    syscall("close", fd);
  }
}

async function treeOf(
  changes: AsyncIterable<LayerChange>,
  signal: AbortSignal | undefined,
): Promise<ChangeTree> {
  const tree = noChanges();
  for await (const change of changes) {
    signal?.throwIfAborted();
    addChange(tree, change);
  }
  return tree;
}

/** Counts and hashes on both sides of the compression. */
class Outcome {
  readonly packed: Promise<Packed>;
  readonly #plain = createHash("sha256");
  readonly #packed = createHash("sha256");
  #settle!: { resolve: (packed: Packed) => void; reject: (error: unknown) => void };
  #plainBytes = 0;
  #size = 0;
  #entries = 0;

  constructor() {
    this.packed = new Promise<Packed>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who reads the chunks hears of the error there.
    this.packed.catch(() => undefined);
  }

  onEntry(): void {
    this.#entries++;
  }

  onPlain(chunk: Uint8Array): void {
    this.#plain.update(chunk);
    this.#plainBytes += chunk.length;
  }

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of chunks) {
        this.#packed.update(chunk);
        this.#size += chunk.length;
        yield chunk;
      }
      this.#settle.resolve({
        diffId: digestOfHash(this.#plain),
        digest: digestOfHash(this.#packed),
        size: this.#size,
        uncompressedBytes: this.#plainBytes,
        entries: this.#entries,
      });
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    } finally {
      this.#settle.reject(new ImageError("X_IMAGE_INVALID", "the layer was not read to its end"));
    }
  }
}

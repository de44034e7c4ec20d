import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { Digest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";
import { partialPath, storePaths } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { readAt } from "../transport/files.ts";

/** The content of a blob that may still be coming in. */
export interface ArrivingBlob {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Resolves once the blob is in the store, verified. Until then nobody may trust the chunks. */
  readonly whole: Promise<unknown>;
}

/** What is known of one blob. */
interface Arrival {
  /** Written, from the beginning. */
  bytes: number;
  /** Whether it comes from its first byte on, in this process. */
  isFollowed: boolean;
  isWhole: boolean;
  /** Called at every change. */
  readonly waiting: Set<() => void>;
}

const pieceBytes = 1024 * 1024;

/** Follows the blobs that come into a store, so that layers can be unpacked while they do. */
export class Arrivals {
  readonly #store: Store;
  readonly #signal: AbortSignal;
  readonly #known = new Map<Digest, Arrival>();

  /** `signal` ends all waiting. */
  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
    const wakeAll = (): void => {
      for (const { waiting } of this.#known.values()) for (const wake of [...waiting]) wake();
    };
    signal.addEventListener("abort", wakeAll, { once: true });
  }

  /** The source was asked for a blob from a byte on. What goes on from former parts is not followed. */
  onOpen(digest: Digest, offset: number): void {
    this.#change(digest, { isFollowed: offset === 0 });
  }

  /** So many bytes of a blob are written. */
  onBytes(digest: Digest, bytes: number): void {
    this.#change(digest, { bytes });
  }

  /** A blob is in the store, verified. */
  onWhole(digest: Digest): void {
    this.#change(digest, { isWhole: true });
  }

  /** A blob as soon as its first bytes are there. */
  async open(descriptor: Descriptor): Promise<ArrivingBlob> {
    const { digest } = descriptor;
    const arrival = this.#arrival(digest);
    const whole = this.#until(arrival, () => arrival.isWhole);
    // Who unpacks hears of the reason from the chunks.
    whole.catch(() => undefined);
    await this.#until(arrival, () => arrival.isWhole || (arrival.isFollowed && arrival.bytes > 0));
    return { whole, chunks: this.#follow(arrival, descriptor, whole) };
  }

  /**
   * What is read is opened when it is: who never reads has nothing to close.
   *
   * @yields the blob's bytes as they come
   */
  async *#follow(
    arrival: Arrival,
    descriptor: Descriptor,
    whole: Promise<void>,
  ): AsyncGenerator<Uint8Array, void> {
    const { digest, size } = descriptor;
    const file = arrival.isWhole ? undefined : await openPartial(this.#store, digest);
    if (file === undefined) {
      await whole;
      yield* (await this.#store.readBlob(descriptor)).chunks;
      return;
    }
    try {
      for (let at = 0; at < size;) {
        await this.#until(arrival, () => arrival.isWhole || arrival.bytes > at);
        const end = arrival.isWhole ? size : arrival.bytes;
        const piece = await readAt(file, at, Math.min(pieceBytes, end - at));
        if (piece.length === 0) return;
        at += piece.length;
        yield piece;
      }
    } finally {
      await file.close();
    }
  }

  #arrival(digest: Digest): Arrival {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const arrival = { bytes: 0, isFollowed: false, isWhole: false, waiting: new Set<() => void>() };
    this.#known.set(digest, arrival);
    return arrival;
  }

  #change(digest: Digest, change: Partial<Omit<Arrival, "waiting">>): void {
    const arrival = Object.assign(this.#arrival(digest), change);
    for (const wake of [...arrival.waiting]) wake();
  }

  #until(arrival: Arrival, isSo: () => boolean): Promise<void> {
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!signal.aborted && !isSo()) return;
        arrival.waiting.delete(check);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      arrival.waiting.add(check);
      check();
    });
  }
}

/** The file that a blob is written to; undefined if it has become the blob meanwhile. */
async function openPartial(store: Store, digest: Digest): Promise<FileHandle | undefined> {
  const path = partialPath(storePaths(store.path), digest);
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

import type { Digest } from "./spec/digest.ts";

/** How far one piece of work on one piece of content is. */
export interface Progress {
  /** `download` and `upload` count the bytes of the blob, `unpack` those read of it. */
  readonly phase: "download" | "upload" | "unpack" | "pack";
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes done, and in all. */
  readonly bytes: number;
  readonly total: number;
  /** `started`, then any number of `running`, then `done`; `exists` for what is there already. */
  readonly state: "started" | "running" | "done" | "exists";
}

/** What long work takes: a signal that ends it, and who wants to see it go on. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

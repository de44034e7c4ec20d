import type { Digest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";

/** The bytes of a manifest or an index, and how they are known. */
export interface Document {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** Where images come from: a registry, an OCI layout, a docker archive, the store itself. */
export interface ImageSource extends AsyncDisposable {
  /** As people would name it: `localhost:5000/busybox:latest`, `oci:/tmp/layout:tag`. */
  readonly name: string;
  /**
   * The manifest or index with this digest; without one, what the source's own name stands for.
   * Its bytes have been checked against its digest and size; they are not parsed. Rejects with
   * `X_IMAGE_NOT_FOUND`.
   */
  document(digest?: Digest, options?: { readonly signal?: AbortSignal }): Promise<Document>;
  /**
   * The content of a blob from byte `offset` on. Not checked: who stores it does. A source may
   * give it from the beginning even so; `start` says where it begins.
   */
  blob(
    descriptor: Descriptor,
    options?: { readonly offset?: number; readonly signal?: AbortSignal },
  ): Promise<BlobContent>;
}

/** Bytes of a blob as they come. */
export interface BlobContent {
  /** The first byte's place in the blob. */
  readonly start: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Where images go. */
export interface ImageDestination extends AsyncDisposable {
  readonly name: string;
  /** Whether the blob is there already. */
  has(descriptor: Descriptor, options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /** The content of a blob that is there, where it can be read: then it is not fetched again. */
  readonly blob?: ImageSource["blob"];
  /**
   * Takes in a blob, checked by size and digest; `open` is asked for its content, from an offset
   * where the destination has the bytes before it already. `onBytes` hears of the bytes that are
   * in, from the beginning.
   */
  putBlob(
    descriptor: Descriptor,
    open: (offset: number) => Promise<BlobContent>,
    options?: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<void>;
  /**
   * Takes in a manifest or index, whose parts are in by now; the one that is `named` gets the
   * destination's own name.
   */
  putDocument(
    document: Document,
    options?: { readonly named?: boolean; readonly signal?: AbortSignal },
  ): Promise<void>;
}

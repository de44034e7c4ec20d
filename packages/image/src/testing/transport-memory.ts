import { encodedOf, type Digest } from "../lib/spec/digest.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import type { Descriptor } from "../lib/spec/types.ts";
import { once } from "../lib/transport/chunks.ts";
import type { Document, ImageDestination, ImageSource } from "../lib/transport/transport.ts";
import { describeBytes, jsonBytes } from "./transport-bodies.ts";

/** Blobs and documents in memory, as a source. */
export class MemorySource implements ImageSource {
  readonly name: string = "memory:source";
  readonly blobs: Map<Digest, Uint8Array> = new Map();
  readonly documents: Map<Digest, Document> = new Map();
  named: Digest | undefined;

  /** Adds a document; the last one is the one that is named. */
  addDocument(body: object, mediaType: string): Descriptor {
    const bytes = jsonBytes(body);
    const descriptor = describeBytes(bytes, mediaType);
    this.documents.set(descriptor.digest, { descriptor, bytes });
    this.named = descriptor.digest;
    return descriptor;
  }

  /** Adds an image of these layers. */
  image(
    layers: (string | Uint8Array)[],
    platform: { architecture: string; os?: string } = amd64,
  ): Descriptor {
    const descriptors = layers.map((text) => this.#blob(Buffer.from(text), mediaTypes.layer));
    const diffIds = descriptors.map(({ digest }) => digest);
    const body = { os: "linux", ...platform, rootfs: { type: "layers", diff_ids: diffIds } };
    const config = this.#blob(jsonBytes(body), mediaTypes.config);
    const { manifest: mediaType } = mediaTypes;
    return this.addDocument(
      { schemaVersion: 2, mediaType, config, layers: descriptors },
      mediaType,
    );
  }

  async document(digest: Digest | undefined = this.named): Promise<Document> {
    const found = digest && this.documents.get(digest);
    if (!found) throw new Error(`no document ${digest}`);
    return found;
  }

  async blob(
    { digest }: Descriptor,
    { offset = 0, signal }: { offset?: number; signal?: AbortSignal } = {},
  ): ReturnType<ImageSource["blob"]> {
    signal?.throwIfAborted();
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new Error(`no blob ${encodedOf(digest)}`);
    return { start: offset, chunks: once(bytes.subarray(offset)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #blob(bytes: Uint8Array, mediaType: string): Descriptor {
    const descriptor = describeBytes(bytes, mediaType);
    this.blobs.set(descriptor.digest, bytes);
    return descriptor;
  }
}

const amd64 = { architecture: "amd64" };

/** A destination that writes down what happens to it. */
export class MemoryDestination implements ImageDestination {
  readonly name: string = "memory:destination";
  readonly blobs: Map<Digest, Uint8Array> = new Map();
  readonly log: string[] = [];
  named: Descriptor | undefined;
  atOnce = 0;
  mostAtOnce = 0;

  async has({ digest }: Descriptor): Promise<boolean> {
    return this.blobs.has(digest);
  }

  async putBlob(
    ...[descriptor, open, options]: Parameters<ImageDestination["putBlob"]>
  ): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      const parts: Uint8Array[] = [];
      for await (const chunk of (await open(0)).chunks) parts.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
      options?.signal?.throwIfAborted();
      this.blobs.set(descriptor.digest, Buffer.concat(parts));
      this.log.push(`blob ${Buffer.concat(parts).toString().slice(0, 20)}`);
    } finally {
      this.atOnce--;
    }
  }

  async putDocument(
    ...[{ descriptor }, options]: Parameters<ImageDestination["putDocument"]>
  ): Promise<void> {
    this.log.push(`${options?.named === true ? "named " : ""}document ${descriptor.digest}`);
    if (options?.named === true) this.named = descriptor;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

import type { Digest } from "../spec/digest.ts";
import { maxBodyBytes } from "../spec/json.ts";
import { sniffMediaType } from "../spec/sniff.ts";
import type { Document, ImageDestination, ImageSource } from "../transport/transport.ts";
import type { Lock } from "./lock.ts";
import type { Store } from "./store.ts";

/**
 * An image of the store as a source. From the first question until it is disposed of nothing is
 * collected.
 */
export function storeSource(store: Store, name: string): ImageSource {
  const use = useOnce(store);
  return {
    name,
    async document(digest, { signal } = {}) {
      await use(signal);
      if (digest !== undefined) return documentOf(store, digest);
      const descriptor = await store.resolve(name);
      return { descriptor, bytes: await store.readAll(descriptor.digest, maxBodyBytes) };
    },
    async blob(descriptor, { offset = 0, signal } = {}) {
      await use(signal);
      return store.readBlob(descriptor, { offset });
    },
    [Symbol.asyncDispose]: () => use.end(),
  };
}

/**
 * The store as a destination, where the image gets this name, if any. From the first question until
 * it is disposed of nothing is collected, so that what has no name yet is safe.
 */
export function storeDestination(store: Store, name?: string): ImageDestination {
  const use = useOnce(store);
  return {
    name: name ?? store.path,
    async has(descriptor, { signal } = {}) {
      await use(signal);
      return store.has(descriptor);
    },
    async blob(descriptor, { offset = 0, signal } = {}) {
      await use(signal);
      return store.readBlob(descriptor, { offset });
    },
    async putBlob(descriptor, open, options = {}) {
      await use(options.signal);
      await store.putBlob(descriptor, open, options);
    },
    async putDocument({ descriptor, bytes }, { named = false, signal } = {}) {
      await use(signal);
      const options = signal === undefined ? {} : { signal };
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield bytes;
      }
      const open = async () => ({ start: 0, chunks: chunks() });
      await store.putBlob(descriptor, open, options);
      if (named && name !== undefined) await store.tag(name, descriptor, options);
    },
    [Symbol.asyncDispose]: () => use.end(),
  };
}

interface Use {
  (signal?: AbortSignal): Promise<void>;
  end(): Promise<void>;
}

function useOnce(store: Store): Use {
  let held: Promise<Lock> | undefined;
  const use = async (signal?: AbortSignal): Promise<void> => {
    held ??= store.use(signal === undefined ? {} : { signal });
    try {
      await held;
    } catch (error) {
      held = undefined;
      throw error;
    }
  };
  const end = async (): Promise<void> => {
    const ending = held;
    held = undefined;
    (await ending?.catch(() => undefined))?.release();
  };
  return Object.assign(use, { end });
}

/** A document by its digest alone, whose type is what it calls itself or looks like. */
async function documentOf(store: Store, digest: Digest): Promise<Document> {
  const bytes = await store.readAll(digest, maxBodyBytes);
  return {
    descriptor: { mediaType: sniffMediaType(bytes, digest), digest, size: bytes.length },
    bytes,
  };
}

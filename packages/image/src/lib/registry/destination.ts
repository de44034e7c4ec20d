import { ImageError } from "../error.ts";
import { isIndexType, isManifestType } from "../spec/media-type.ts";
import type { ImageDestination } from "../transport/transport.ts";
import { uploadBlob } from "./blob-upload.ts";
import type { RegistryOptions } from "./client.ts";
import { formatReference, type Reference } from "./reference.ts";
import { openRepository } from "./repository.ts";

/** How to push. */
export interface RegistryDestinationOptions extends RegistryOptions {
  /**
   * A repository of the same registry, `library/busybox`, from which the registry takes blobs that
   * it has there.
   */
  readonly mountFrom?: string;
}

/**
 * A name at a registry that gets an image. Nothing is asked before something is pushed. Its
 * methods throw `X_IMAGE_UNAUTHORIZED`, `X_IMAGE_CERTIFICATE`, `X_IMAGE_REGISTRY`,
 * `X_IMAGE_DIGEST` and `X_IMAGE_SIZE`. Source: OCI distribution-spec "Push".
 */
export function registryDestination(
  reference: Reference,
  options: RegistryDestinationOptions = {},
): ImageDestination {
  const { own: client, close } = openRepository(reference, options);
  const { repository } = client.endpoint;
  const name = formatReference(reference);
  const doing = `push ${name}`;
  const scopes = [`repository:${repository}:pull,push`];

  return {
    name,
    async has({ digest, mediaType }, { signal } = {}) {
      const whole = isManifestType(mediaType) || isIndexType(mediaType);
      const at = `${repository}/${whole ? "manifests" : "blobs"}/${digest}`;
      const headers = whole ? { accept: mediaType } : {};
      const answer = await client.ask({
        method: "HEAD",
        at,
        headers,
        doing,
        scopes,
        expect: [200, 404],
        signal,
      });
      await answer.discard();
      return answer.status === 200;
    },
    async putBlob(descriptor, open, { signal, onBytes } = {}) {
      const { mountFrom } = options;
      await uploadBlob(client, { descriptor, doing, open, mountFrom, signal, onBytes });
    },
    async putDocument({ descriptor, bytes }, { named = false, signal } = {}) {
      const { digest, mediaType } = descriptor;
      if (named && reference.digest !== undefined && reference.digest !== digest) {
        throw new ImageError("X_IMAGE_DIGEST", `cannot ${doing}: the image is ${digest}`, {
          hint: "Push it by a tag, or by the digest that it has",
        });
      }
      const identifier = named ? (reference.tag ?? digest) : digest;
      const answer = await client.ask({
        method: "PUT",
        at: `${repository}/manifests/${identifier}`,
        headers: { "content-type": mediaType },
        body: bytes,
        doing,
        scopes,
        expect: [201],
        signal,
      });
      const kept = answer.headers.get("docker-content-digest") ?? digest;
      await answer.discard();
      if (kept === digest) return;
      throw new ImageError(
        "X_IMAGE_DIGEST",
        `cannot ${doing}: ${digest} was sent, the registry keeps it as ${JSON.stringify(kept.slice(0, 150))}`,
      );
    },
    [Symbol.asyncDispose]: close,
  };
}

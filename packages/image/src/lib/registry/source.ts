import { ImageError } from "../error.ts";
import type { Digest } from "../spec/digest.ts";
import type { BlobContent, Document, ImageSource } from "../transport/transport.ts";
import { downloadBlob } from "./blob-download.ts";
import type { RegistryClient, RegistryOptions } from "./client.ts";
import { acceptDocuments, checkDocument, documentLimit } from "./document.ts";
import { formatReference, identifierOf, type Reference } from "./reference.ts";
import { openRepository } from "./repository.ts";
import { describeTags, tagsAt } from "./tags.ts";
import { askWhole } from "./whole.ts";

/** How to pull. */
export interface RegistrySourceOptions extends RegistryOptions {
  /**
   * Registries that are asked first, as `host:port`, `host/prefix` or with a scheme. What they do
   * not have, or are down for, comes from the registry itself.
   */
  readonly mirrors?: readonly string[];
}

/**
 * An image at a registry. Nothing is asked before something is wanted. `urls` of foreign layers
 * are not followed. Its methods throw `X_IMAGE_NOT_FOUND` (with the tags that there are),
 * `X_IMAGE_UNAUTHORIZED`, `X_IMAGE_CERTIFICATE`, `X_IMAGE_REGISTRY`, `X_IMAGE_DIGEST`,
 * `X_IMAGE_SIZE` and `X_IMAGE_MEDIA_TYPE`. Source: OCI distribution-spec "Pull".
 */
export function registrySource(
  reference: Reference,
  options: RegistrySourceOptions = {},
): ImageSource {
  const registry = openRepository(reference, options, options.mirrors);
  const name = formatReference(reference);
  const doing = `pull ${name}`;

  const get = async (
    client: RegistryClient,
    asked: string,
    signal?: AbortSignal,
  ): Promise<Document> => {
    const { repository } = client.endpoint;
    const question = {
      method: "GET",
      at: `${repository}/manifests/${asked}`,
      headers: { accept: acceptDocuments },
      doing,
      scopes: [`repository:${repository}:pull`],
      expect: [200],
      signal,
    } as const;
    const { bytes, headers } = await askWhole(client, question, documentLimit);
    return checkDocument({
      name,
      bytes,
      contentType: headers.get("content-type"),
      contentDigest: headers.get("docker-content-digest"),
      asked: asked.includes(":") ? (asked as Digest) : undefined,
    });
  };

  return {
    name,
    async document(digest, { signal } = {}): Promise<Document> {
      const asked = digest ?? identifierOf(reference);
      try {
        return await registry.first(async (client) => get(client, asked, signal), signal);
      } catch (error) {
        if (!(error instanceof ImageError) || error.code !== "X_IMAGE_NOT_FOUND") throw error;
        throw await missing(registry.own, asked, error, signal);
      }
    },
    async blob(descriptor, { offset = 0, signal } = {}): Promise<BlobContent> {
      const download = { descriptor, doing, offset, signal };
      return downloadBlob(registry, download);
    },
    [Symbol.asyncDispose]: registry.close,
  };
}

async function missing(
  client: RegistryClient,
  asked: string,
  error: ImageError,
  signal?: AbortSignal,
): Promise<ImageError> {
  const { registry, repository } = client.endpoint;
  const where = `${registry}/${repository}`;
  const tags = await tagsAt(client, 1, signal).catch((failure: unknown) => failure);
  signal?.throwIfAborted();
  const unknown = tags instanceof ImageError && tags.code === "X_IMAGE_NOT_FOUND";
  const what = asked.includes(":") ? `manifest ${asked}` : `tag ${asked}`;
  const message = unknown ? `there is no ${where}` : `${where} has no ${what}`;
  const hint = Array.isArray(tags)
    ? describeTags(tags as string[])
    : unknown
      ? "Is the name right, and has it been pushed?"
      : undefined;
  return new ImageError("X_IMAGE_NOT_FOUND", message, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

import { formatReference, ImageError, parseReference, type Descriptor, type Store } from "@x/image";

/** An image of the store, and a name it has there. */
export interface FoundImage {
  readonly name: string;
  readonly descriptor: Descriptor;
}

/**
 * The image of the store that a text names: by name, or by the beginning of its digest. Undefined,
 * or `X_IMAGE_NOT_FOUND` with the names there are if there `must` be one; `X_IMAGE_REFERENCE` for
 * what can be neither.
 */
export async function findImage(
  store: Store,
  text: string,
  options: { readonly must: true },
): Promise<FoundImage>;
export async function findImage(store: Store, text: string): Promise<FoundImage | undefined>;
export async function findImage(
  store: Store,
  text: string,
  { must = false }: { readonly must?: boolean } = {},
): Promise<FoundImage | undefined> {
  const all = await store.references();
  const byDigest = /^(sha256:)?[0-9a-f]{4,64}$/.test(text)
    ? all.find(({ descriptor }) =>
        descriptor.digest.startsWith(`sha256:${text.replace("sha256:", "")}`),
      )
    : undefined;
  if (byDigest !== undefined) return byDigest;
  const name = formatReference(parseReference(text));
  const found = all.find((one) => one.name === name);
  if (found !== undefined || !must) return found;
  const names = all.slice(0, 10).map((one) => one.name);
  throw new ImageError("X_IMAGE_NOT_FOUND", `there is no image ${name} here`, {
    hint:
      names.length === 0
        ? `x pull ${text} gets it`
        : `There are ${names.join(", ")}; x pull ${text} gets it`,
  });
}

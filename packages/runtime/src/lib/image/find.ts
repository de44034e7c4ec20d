import { formatReference, ImageError, parseReference, type Descriptor, type Store } from "@x/image";

/** An image of the store, and a name it has there. */
export interface FoundImage {
  readonly name: string;
  readonly descriptor: Descriptor;
}

/**
 * The image of the store that a text names: by name, or else by the beginning of its digest.
 * Undefined, or `X_IMAGE_NOT_FOUND` with the names there are if there `must` be one;
 * `X_IMAGE_NOT_FOUND` for digits with which several digests begin, `X_IMAGE_REFERENCE` for what can
 * be neither.
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
  const name = wholeDigest.test(text) ? undefined : formatReference(parseReference(text));
  const found = all.find((one) => one.name === name) ?? byDigest(all, text);
  if (found !== undefined || !must) return found;
  const pulling = name === undefined ? "x images lists them" : `x pull ${text} gets it`;
  const names = all.slice(0, 10).map((one) => one.name);
  throw new ImageError("X_IMAGE_NOT_FOUND", `there is no image ${name ?? text} here`, {
    hint: names.length === 0 ? pulling : `There are ${names.join(", ")}; ${pulling}`,
  });
}

/** What can be no name, or is not meant as one. */
const wholeDigest = /^(sha256:[0-9a-f]{4,64}|[0-9a-f]{64})$/;
const begunDigest = /^(sha256:)?[0-9a-f]{4,64}$/;

function byDigest(all: readonly FoundImage[], text: string): FoundImage | undefined {
  if (!begunDigest.test(text)) return undefined;
  const begin = `sha256:${text.replace("sha256:", "")}`;
  const found = all.filter(({ descriptor }) => descriptor.digest.startsWith(begin));
  const digests = new Set(found.map(({ descriptor }) => descriptor.digest));
  if (digests.size <= 1) return found[0];
  const message = `${digests.size} images have a digest that begins with ${text}; give more of it`;
  throw new ImageError("X_IMAGE_NOT_FOUND", message);
}

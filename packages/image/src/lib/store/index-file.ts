import { ImageError } from "../error.ts";
import { isDigest } from "../spec/digest.ts";
import type { Descriptor } from "../spec/types.ts";

/** The annotation that gives a manifest of a layout its name. Source: OCI image-layout.md. */
export const nameAnnotation = "org.opencontainers.image.ref.name";

/** An `index.json` as it is; what this program does not know in it is kept. */
export interface IndexFile {
  readonly manifests: readonly unknown[];
  readonly [key: string]: unknown;
}

/** A name and what it stands for. */
export interface NamedDescriptor {
  readonly name: string;
  /** Without the annotation that the name is kept in. */
  readonly descriptor: Descriptor;
}

/** Reads an `index.json`. Throws `X_IMAGE_STORE` when it is damaged. */
export function parseIndexFile(text: string, path: string): IndexFile {
  let value: unknown;
  let cause: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (isObject(value) && Array.isArray(value["manifests"])) return value as unknown as IndexFile;
  throw new ImageError("X_IMAGE_STORE", `${path}, which has the names of all images, is damaged`, {
    hint: "`x system check` keeps a copy and saves what can be read",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The text of an `index.json`. */
export function formatIndexFile(index: IndexFile): string {
  return JSON.stringify(index);
}

/**
 * What has a name, in the order of the file; of two with one name the first counts. What others have
 * given a name that cannot be one has none here.
 */
export function namedIn(index: IndexFile): NamedDescriptor[] {
  const byName = new Map<string, NamedDescriptor>();
  for (const entry of index.manifests) {
    if (!isDescriptor(entry)) continue;
    const name = nameOf(entry);
    if (name === undefined || byName.has(name)) continue;
    byName.set(name, { name, descriptor: withoutName(entry) });
  }
  return [...byName.values()];
}

/** The name of what an index refers to, if it has one that can be one. */
export function nameOf(entry: Descriptor): string | undefined {
  const name = annotatedName(entry);
  return typeof name === "string" && isName(name) ? name : undefined;
}

/** Everything that the index refers to, named or not. */
export function rootsOf(index: IndexFile): Descriptor[] {
  return index.manifests.filter(isDescriptor);
}

/** The index with the name standing for this descriptor, whatever it stood for before. */
export function withName(index: IndexFile, name: string, descriptor: Descriptor): IndexFile {
  const annotations = { ...descriptor.annotations, [nameAnnotation]: name };
  const rest = index.manifests.filter((entry) => annotatedName(entry) !== name);
  return { ...index, manifests: [...rest, { ...descriptor, annotations }] };
}

/** The index without the name; the same object when it has no such name. */
export function withoutNamed(index: IndexFile, name: string): IndexFile {
  const rest = index.manifests.filter((entry) => annotatedName(entry) !== name);
  return rest.length === index.manifests.length ? index : { ...index, manifests: rest };
}

/** Whether a value can be followed: a digest that is one, a size and a media type. */
export function isDescriptor(value: unknown): value is Descriptor {
  if (!isObject(value)) return false;
  const { digest, size, mediaType } = value;
  return (
    typeof digest === "string" &&
    isDigest(digest) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof mediaType === "string"
  );
}

/** Throws `X_IMAGE_REFERENCE` for what cannot be kept as a name. */
export function checkName(name: string): void {
  if (isName(name)) return;
  const shown = JSON.stringify(name.slice(0, 200));
  throw new ImageError("X_IMAGE_REFERENCE", `${shown} cannot be the name of an image`, {
    hint: "Names have at most 1024 characters, and neither spaces nor control characters",
  });
}

function isName(name: string): boolean {
  return name.length > 0 && name.length <= 1024 && !/[\s\p{Cc}]/u.test(name);
}

function annotatedName(entry: unknown): unknown {
  if (!isObject(entry) || !isObject(entry["annotations"])) return undefined;
  return entry["annotations"][nameAnnotation];
}

function withoutName(descriptor: Descriptor): Descriptor {
  const { annotations, ...rest } = descriptor;
  const others = Object.entries(annotations ?? {}).filter(([key]) => key !== nameAnnotation);
  return others.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(others) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a layer says of the layers below it. */
export type Mark =
  /** Whatever has this name below is gone. */
  | { readonly kind: "whiteout"; readonly name: string }
  /** Of the directory that the mark is in: nothing of it below counts. */
  | { readonly kind: "opaque" }
  /** A file of the union file system's own, which means nothing. */
  | { readonly kind: "noise" };

/**
 * How marks are written: `overlay` with the kernel's attributes of root (`trusted.`) or of user
 * namespaces (`user.`); `aufs` by names, as fuse-overlayfs does where it may make no device; `oci`
 * as in archives of images, where it is the same names.
 */
export type MarkConvention = "overlay" | "overlay-user" | "aufs" | "oci";

/** An entry of a directory, as far as it can be a mark. */
export interface MarkedEntry {
  /** Its name in the directory; `.` for the directory itself. */
  readonly name: string;
  readonly type: "file" | "directory" | "character" | "other";
  /** Of a device. */
  readonly major?: number;
  readonly minor?: number;
  readonly size?: number;
  /** Values of extended attributes by name. */
  readonly attributes?: ReadonlyMap<string, Uint8Array>;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * What an entry says of the layers below; undefined for one that is just an entry. A pure function.
 * Source: overlayfs.rst, "whiteouts and opaque directories"; OCI image-spec, layer.md; aufs(5).
 */
export function readMark(entry: MarkedEntry, convention: MarkConvention): Mark | undefined {
  return convention === "aufs" || convention === "oci"
    ? markOfName(entry.name)
    : markOfOverlay(entry, attributePrefix(convention));
}

/** By its name alone: `.wh.NAME`, and what else begins with `.wh.`. */
export function markOfName(name: string): Mark | undefined {
  if (!name.startsWith(WHITEOUT)) return undefined;
  if (name === OPAQUE) return { kind: "opaque" };
  const hidden = name.slice(WHITEOUT.length);
  const means = hidden === "" || hidden === "." || hidden === ".." || hidden.startsWith(WHITEOUT);
  return means ? { kind: "noise" } : { kind: "whiteout", name: hidden };
}

/**
 * How a mark is made: the entry to make, or for an opaque directory of overlay the attribute that
 * the directory gets (its name is then `.`). A pure function; `noise` cannot be written.
 */
export function writeMark(
  mark: Exclude<Mark, { kind: "noise" }>,
  convention: MarkConvention,
): MarkedEntry {
  if (convention === "aufs" || convention === "oci") {
    const name = mark.kind === "opaque" ? OPAQUE : `${WHITEOUT}${mark.name}`;
    return { name, type: "file", size: 0 };
  }
  if (mark.kind === "whiteout") return { name: mark.name, type: "character", major: 0, minor: 0 };
  const attributes = new Map([[`${attributePrefix(convention)}opaque`, Buffer.from("y")]]);
  return { name: ".", type: "directory", attributes };
}

/** Of the attributes that overlay keeps for itself. */
export function attributePrefix(convention: "overlay" | "overlay-user"): string {
  return convention === "overlay" ? "trusted.overlay." : "user.overlay.";
}

function markOfOverlay(entry: MarkedEntry, prefix: string): Mark | undefined {
  const { name, type, major, minor, size, attributes } = entry;
  if (type === "character" && major === 0 && minor === 0) return { kind: "whiteout", name };
  if (type === "file" && size === 0 && attributes?.has(`${prefix}whiteout`) === true) {
    return { kind: "whiteout", name };
  }
  const opaque = attributes?.get(`${prefix}opaque`);
  if (type === "directory" && name === "." && opaque?.length === 1 && opaque[0] === 0x79) {
    return { kind: "opaque" };
  }
  return undefined;
}

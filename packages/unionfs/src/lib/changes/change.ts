/** One difference between what is on top and what lies below. */
export interface Change {
  /** From the root of the union, without a slash before it: `etc/hosts`. */
  readonly path: string;
  /** The same, to the byte: names on Linux need not be UTF-8. */
  readonly pathBytes: Uint8Array;
  /** A directory in which something changed is `modified` too, as in `docker diff`. */
  readonly kind: "added" | "modified" | "deleted";
  /** Of a directory: nothing of what lies below it counts, it begins anew. */
  readonly opaque?: true;
  /** Of what is deleted: a directory above is opaque, which says so already. */
  readonly covered?: true;
}

/** The change of a path in latin1. */
export function changeOf(
  latin1: string,
  kind: Change["kind"],
  marks: Pick<Change, "opaque" | "covered"> = {},
): Change {
  const pathBytes = Uint8Array.from(Buffer.from(latin1, "latin1"));
  return { path: Buffer.from(pathBytes).toString(), pathBytes, kind, ...marks };
}

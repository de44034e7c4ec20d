/** What an archive may ask for at most. Over one of them: `X_IMAGE_LIMIT`. */
export interface TarLimits {
  /** Entries of one archive. */
  readonly entries: number;
  /** Bytes of all files together, the holes of sparse ones counted. */
  readonly bytes: number;
  /** Bytes of a name, and of the target of a link. */
  readonly pathBytes: number;
  /** Bytes between two slashes of a name. */
  readonly componentBytes: number;
  /** Components of a name. */
  readonly depth: number;
  /** Bytes of one extended header or long name, as announced: more is not even read. */
  readonly paxBytes: number;
  /** Bytes of the names and values of one entry's extended attributes. */
  readonly xattrBytes: number;
  /** Extended attributes of one entry. */
  readonly xattrs: number;
  /** Parts of one sparse file. */
  readonly sparseExtents: number;
  /** Bytes that one compressed byte may become. */
  readonly ratio: number;
  /** Uncompressed bytes from which on the ratio is looked at: small archives may be very empty. */
  readonly ratioAfter: number;
}

/** Limits that real images stay far below. Linux allows no longer names and attributes. */
export const defaultLimits: TarLimits = {
  entries: 1_000_000,
  bytes: 64 * 2 ** 30,
  pathBytes: 4096,
  componentBytes: 255,
  depth: 1024,
  paxBytes: 2 ** 20,
  xattrBytes: 2 ** 16,
  xattrs: 256,
  sparseExtents: 65_536,
  ratio: 200,
  ratioAfter: 100 * 2 ** 20,
};

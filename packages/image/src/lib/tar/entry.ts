/** What an entry of an archive is. */
export type TarEntryType =
  | "file"
  | "hardlink"
  | "symlink"
  | "character"
  | "block"
  | "directory"
  | "fifo";

/** The head of one entry, whatever dialect it was written in. Names are bytes: Linux knows no more. */
export interface TarHeader {
  readonly type: TarEntryType;
  /** As written: may be absolute, hold `..`, end in `/`. Never empty, never with a NUL. */
  readonly name: Uint8Array;
  /** Of hard and symbolic links; empty otherwise. */
  readonly linkName: Uint8Array;
  /** Permission bits with set-user-ID, set-group-ID and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content as it is read: the size with the holes of a sparse file. */
  readonly size: number;
  /** Nanoseconds since 1970; negative before. */
  readonly mtime: bigint;
  readonly atime?: bigint;
  readonly major: number;
  readonly minor: number;
  /** Extended attributes by name (bytes as latin1), to the byte: `SCHILY.xattr.*`. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** The parts of a sparse file that hold data, in order; undefined for any other. */
  readonly sparse?: readonly SparseExtent[];
}

/** A part of a sparse file that holds data. */
export interface SparseExtent {
  readonly offset: number;
  readonly bytes: number;
}

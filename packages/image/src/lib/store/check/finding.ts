/**
 * - `missing-directory`, `bad-permissions`: of the store itself
 * - `bad-layout`: the `oci-layout` file is missing or wrong
 * - `bad-index`: `index.json`, which has the names, is missing or damaged
 * - `stale-incoming`: left by an attempt that broke off
 * - `unknown-file`: nobody who follows the format has put it there
 * - `wrong-digest`, `wrong-size`: a blob is not what its name or an image says
 * - `missing-blob`: an image needs a blob that is not there
 * - `bad-document`: an image needs a manifest, an index or a configuration that makes no sense
 * - `dangling-reference`: a name stands for something that is not there
 * - `layer-without-record`, `bad-layer`, `half-written-layer`, `layer-without-parent`: what was
 *   unpacked is not whole
 */
export type FindingKind =
  | "missing-directory"
  | "bad-permissions"
  | "bad-layout"
  | "bad-index"
  | "stale-incoming"
  | "unknown-file"
  | "wrong-digest"
  | "wrong-size"
  | "missing-blob"
  | "bad-document"
  | "dangling-reference"
  | "layer-without-record"
  | "bad-layer"
  | "half-written-layer"
  | "layer-without-parent";

/** Something that is wrong with a store. */
export interface Finding {
  readonly kind: FindingKind;
  /** A path, a digest, or the name of an image. */
  readonly subject: string;
  readonly message: string;
  /** What to do, or what was done. */
  readonly hint: string;
  /** Whether it is mended now; left out where that was not asked for. */
  readonly repaired?: boolean;
}

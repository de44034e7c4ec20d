/**
 * - `X_IMAGE_INVALID`: the input makes no sense; `field` says where
 * - `X_IMAGE_REFERENCE`: a name of an image that is none
 * - `X_IMAGE_NOT_FOUND`: no such image, tag, manifest or blob; `hint` says which there are
 * - `X_IMAGE_UNAUTHORIZED`: the registry wants other credentials; `hint` says where they were looked for
 * - `X_IMAGE_PLATFORM`: the image has nothing for this platform; `hint` says for which it has
 * - `X_IMAGE_DIGEST`: content is not what its digest says
 * - `X_IMAGE_SIZE`: content is longer or shorter than its descriptor says
 * - `X_IMAGE_MEDIA_TYPE`: a media type that is unknown, or not the one that was announced
 * - `X_IMAGE_BODY`: a manifest, index or configuration that is malformed or ambiguous
 * - `X_IMAGE_ARCHIVE`: an archive that is malformed, or an entry that wants out of the root
 * - `X_IMAGE_LIMIT`: an archive that goes over a limit: entries, bytes, ratio, depth, sizes
 * - `X_IMAGE_REGISTRY`: the registry is down, or gave an answer that nobody can use
 * - `X_IMAGE_CERTIFICATE`: the registry's certificate is not trusted
 * - `X_IMAGE_STORE`: the store cannot be used as it is; `hint` says what mends it
 * - `X_IMAGE_IN_USE`: something else still needs what was to be deleted
 * - `X_IMAGE_NO_SPACE`: the disk is full
 */
export type ImageErrorCode =
  | "X_IMAGE_INVALID"
  | "X_IMAGE_REFERENCE"
  | "X_IMAGE_NOT_FOUND"
  | "X_IMAGE_UNAUTHORIZED"
  | "X_IMAGE_PLATFORM"
  | "X_IMAGE_DIGEST"
  | "X_IMAGE_SIZE"
  | "X_IMAGE_MEDIA_TYPE"
  | "X_IMAGE_BODY"
  | "X_IMAGE_ARCHIVE"
  | "X_IMAGE_LIMIT"
  | "X_IMAGE_REGISTRY"
  | "X_IMAGE_CERTIFICATE"
  | "X_IMAGE_STORE"
  | "X_IMAGE_IN_USE"
  | "X_IMAGE_NO_SPACE";

/** What an {@link ImageError} can say besides its message. */
export interface ImageErrorDetails {
  /** The part of the input that is wrong: `layers[1].digest`, or the name of an archive's entry. */
  readonly field?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What the kernel, the network or a library said. */
  readonly cause?: unknown;
}

/** Something about images that could not be done. The message is for people, `code` for programs. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code: ImageErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ImageErrorCode, message: string, details: ImageErrorDetails = {}) {
    const { field, hint, cause } = details;
    const place = field === undefined ? "" : `${field}: `;
    const remedy = hint === undefined ? "" : `. ${hint}`;
    super(`${place}${message}${remedy}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.field = field;
    this.hint = hint;
  }
}

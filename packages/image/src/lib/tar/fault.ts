import { ImageError } from "../error.ts";

/** A name out of an archive as a person may see it: control characters escaped, long ones cut. */
export function printable(name: Uint8Array): string {
  const text = Buffer.from(name.subarray(0, 200)).toString("utf8");
  // A terminal obeys control characters, and those that turn the direction of writing mislead.
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return character === "\\" ? "\\\\" : `\\u{${code}}`;
  });
  return name.length > 200 ? `${safe}…` : safe;
}

/** An archive that is no proper one, as an error that names the entry. */
export function malformed(name: Uint8Array, message: string): ImageError {
  return new ImageError("X_IMAGE_ARCHIVE", message, {
    field: printable(name),
    hint: "The archive is damaged or was made to mislead",
  });
}

/** An archive that goes over a limit, as an error that names the entry. */
export function overLimit(
  name: Uint8Array,
  what: string,
  most: number,
  option: string,
): ImageError {
  return new ImageError("X_IMAGE_LIMIT", `${what}; the limit is ${most}`, {
    field: printable(name),
    hint: `If the archive is trusted, raise limits.${option}`,
  });
}

import { ImageError } from "../error.ts";

/** When something is made: at the given second since 1970, or now. */
export function createdAt(sourceDateEpoch: number | undefined): string {
  const date = sourceDateEpoch === undefined ? new Date() : new Date(sourceDateEpoch * 1000);
  const text = date.toISOString();
  return sourceDateEpoch === undefined ? text : text.replace(".000Z", "Z");
}

/**
 * The second that `SOURCE_DATE_EPOCH` says everything is made in, if it says one. Throws
 * `X_IMAGE_INVALID`. Source: https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpochOf(
  env: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const text = env["SOURCE_DATE_EPOCH"];
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= 8_640_000_000_000) return seconds;
  const message = `${JSON.stringify(text)} is no count of seconds since 1970`;
  throw new ImageError("X_IMAGE_INVALID", message, { field: "SOURCE_DATE_EPOCH" });
}

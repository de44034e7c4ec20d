import type { BlockDevice } from "../resources.ts";

/** `8:16` as numbers; undefined for what names no device (`default`, `(unknown)`). */
export function deviceOf(key: string): BlockDevice | undefined {
  const match = /^(\d+):(\d+)$/.exec(key);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** The fields of `blockIO` that are keys of `io.max`. */
export const throttleKeys = {
  throttleReadBpsDevice: "rbps",
  throttleWriteBpsDevice: "wbps",
  throttleReadIOPSDevice: "riops",
  throttleWriteIOPSDevice: "wiops",
} as const;

/** A whole number in decimal; NaN for anything else, and never more than a safe integer. */
export function paxInteger(value: Uint8Array): number {
  if (value.length === 0 || value.length > 19) return Number.NaN;
  const negative = value[0] === 0x2d;
  let number = 0;
  if (negative && value.length === 1) return Number.NaN;
  for (let at = negative ? 1 : 0; at < value.length; at++) {
    const digit = value[at]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  if (!Number.isSafeInteger(number)) return Infinity;
  return negative ? -number : number;
}

/**
 * Seconds in decimal, with any fraction, as nanoseconds: what is finer is rounded towards the past.
 * Undefined for anything else, and for what 64 bits of seconds do not hold.
 */
export function paxTime(value: Buffer): bigint | undefined {
  if (value.length > 64) return undefined;
  const match = /^(-?)(\d{1,19})(?:\.(\d*))?$/.exec(value.toString("latin1"));
  if (match === null) return undefined;
  const [, sign, seconds, fraction = ""] = match;
  const nanoseconds = fraction.slice(0, 9).padEnd(9, "0");
  const time = BigInt(seconds!) * 1_000_000_000n + BigInt(nanoseconds);
  if (BigInt(seconds!) >= 2n ** 63n) return undefined;
  if (sign === "") return time;
  return /[1-9]/.test(fraction.slice(9)) ? -time - 1n : -time;
}

/** An attribute's name as GNU tar writes it: `=` may not stand in a key, so it becomes `%3D`. */
export function unescapeName(name: string): string {
  if (!name.includes("%")) return name;
  return name.replaceAll(/%(?:25|3D)/g, (code) => (code === "%25" ? "%" : "="));
}

/** The reverse of {@link unescapeName}, which leaves alone what needs no escape. */
export function escapeName(name: string): string {
  if (!name.includes("=") && !/%(?:25|3D)/.test(name)) return name;
  return name.replaceAll("%", "%25").replaceAll("=", "%3D");
}

/** A name with `%XX` for single bytes, as libarchive writes it. */
export function unescapeUrl(name: string): string {
  return name.replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Bytes in base64 with or without its padding; undefined for what is none. */
export function decodeBase64(value: Buffer): Uint8Array | undefined {
  const text = value.toString("latin1");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, "base64"));
}

import { ImageError } from "../error.ts";

/** The longest body that is read: a manifest, an index or a configuration. Bytes. */
export const maxBodyBytes: number = 4 * 1024 * 1024;

const maxDepth = 64;

/**
 * The value of a JSON body that everybody reads alike: valid UTF-8 without a byte order mark, no
 * key twice in one object, at most 4 MiB and 64 levels deep. `what` names it in errors. Throws
 * `X_IMAGE_BODY`. Source: RFC 7493 (I-JSON).
 */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  const refuse = (reason: string): ImageError =>
    new ImageError("X_IMAGE_BODY", `${what} ${reason}`, {
      hint: "Whoever made it has to make it again: two programs could read it differently",
    });
  if (bytes.length > maxBodyBytes) throw refuse(`is longer than ${maxBodyBytes} bytes`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw refuse("begins with a byte order mark");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse("is not UTF-8");
  }
  const ambiguity = findAmbiguity(text);
  if (ambiguity !== undefined) throw refuse(ambiguity);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImageError("X_IMAGE_BODY", `${what} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A key that one object has twice, or too many levels; what is no JSON at all may pass. */
function findAmbiguity(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      open.push(new Set());
      if (open.length > maxDepth) return `is more than ${maxDepth} levels deep`;
    } else if (code === 0x7d || code === 0x5d) {
      open.pop();
    } else if (code === 0x22) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isKey(text, end + 1)) {
        const key = unescaped(text.slice(at, end + 1));
        if (keys.has(key)) return `has the key ${JSON.stringify(key.slice(0, 100))} twice`;
        keys.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

/** The place of the quote that ends the string begun at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at++;
  }
  return text.length;
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at++;
  return text[at] === ":";
}

/** The same key can be written in many ways: `"a"` and `"\\u0061"`. */
function unescaped(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

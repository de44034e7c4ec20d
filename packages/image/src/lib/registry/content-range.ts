/** Which bytes of a blob an answer has. */
export interface ContentRange {
  /** The place of its first byte in the blob; nothing where a part does not say which it is. */
  readonly start?: number;
  /** How many bytes the whole blob has, where the answer says so. */
  readonly total?: number;
}

/** Reads from an answer's headers which bytes it has. Source: RFC 9110 14.4. */
export function rangeOf(status: number, headers: Headers): ContentRange {
  if (status === 206) {
    const [, start, total] =
      /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    if (start === undefined || total === undefined) return {};
    return { start: Number(start), ...(total === "*" ? {} : { total: Number(total) }) };
  }
  const length = headers.get("content-length");
  const whole = length !== null && !headers.has("content-encoding") && /^\d{1,15}$/.test(length);
  return { start: 0, ...(whole ? { total: Number(length) } : {}) };
}

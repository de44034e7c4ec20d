/** How patient to be with a server. */
export interface RetryPolicy {
  /** How often to try again. */
  readonly retries: number;
  /** Milliseconds before the first time; each further wait is twice as long. */
  readonly delay: number;
}

/** The longest wait, also where a server asks for a longer one, in milliseconds. */
const longest = 60_000;

/** Whether the same question may have a better answer a moment later. */
export function isPassingStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Milliseconds to wait before the try after this one (0 is the first): twice as long each time, of
 * which half is left to chance so that many clients do not come back at once. `random` is 0 to 1.
 */
export function backOff(attempt: number, delay: number, random: number): number {
  return Math.min(longest, delay * 2 ** attempt) * (0.5 + random / 2);
}

/**
 * Milliseconds that a `Retry-After` header asks for, in seconds or as a date; undefined where it
 * says nothing. `now` is in milliseconds. Source: RFC 9110 10.2.3.
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(longest, Math.max(0, wait));
}

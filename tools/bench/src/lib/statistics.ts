/** What a list of times comes down to. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly p99: number;
}

/** Throws a RangeError for an empty list. */
export function summarize(times: readonly number[]): Summary {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: quantile(sorted, 0), median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** The median alone. Throws a RangeError for an empty list. */
export function median(values: readonly number[]): number {
  return summarize(values).median;
}

/** The value that the part `q` of a sorted list is below, between two neighbours if need be. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new RangeError("there are no times");
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * The weight of v2 (1 to 10000) that stands for `shares` of v1 (2 to 262144), with the default of
 * one at the default of the other: 2 is 1, 1024 is 100, 262144 is 10000. The formula is the one
 * that runc, crun and containerd agreed on in 2025, in place of the linear one that made 1024 shares
 * a weight of 39: ceil(10^((l² + 125·l)/612 − 7/34)), l = log2(shares).
 */
export function weightOfShares(shares: number): number {
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34) - rounding);
}

/**
 * The other way: the greatest `shares` whose weight is this one, so that a weight that goes to v1
 * and back is the same. It is the positive root of l² + 125·l − 612·(log10(weight) + 7/34), as 2^l,
 * rounded down.
 */
export function sharesOfWeight(weight: number): number {
  const constant = 612 * Math.log10(weight) + 126;
  return Math.floor(2 ** ((Math.sqrt(125 * 125 + 4 * constant) - 125) / 2) + rounding);
}

/** `io.weight` (1 to 10000) for a `blockIO.weight` (10 to 1000): linear, rounded down, as runc does. */
export function ioWeightOfBlkio(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

/** The other way, to the nearest: a `blockIO.weight` that goes to v2 and back is the same. */
export function blkioWeightOfIo(weight: number): number {
  return 10 + Math.round(((weight - 1) * 990) / 9999);
}

/** The formulas in words, for {@link Conversion.rule}. */
export const rules = {
  sharesToWeight: "ceil(10^((l^2 + 125 l) / 612 - 7/34)) with l = log2(shares)",
  weightToShares: "floor(2^l) with l^2 + 125 l = 612 log10(weight) + 126",
  blkioToIo: "1 + (weight - 10) * 9999 / 990",
  ioToBlkio: "10 + (weight - 1) * 990 / 9999",
} as const;

/** Where the formulas meet whole numbers exactly, floating point must not step over. */
const rounding = 1e-9;

import { ImageError } from "../error.ts";
import type { TarLimits } from "./limits.ts";

/** Watches how much compressed bytes become, for a bomb is small until it is unpacked. */
export class RatioGuard {
  readonly #ratio: number;
  readonly #after: number;
  #made = 0;

  constructor({ ratio, ratioAfter }: Pick<TarLimits, "ratio" | "ratioAfter">) {
    this.#ratio = ratio;
    this.#after = ratioAfter;
  }

  /**
   * Counts `bytes` more that were unpacked, out of `read` compressed bytes in all. Throws
   * `X_IMAGE_LIMIT` when they are too many.
   */
  onMade(bytes: number, read: number): void {
    this.#made += bytes;
    if (this.#made <= this.#after || this.#made <= read * this.#ratio) return;
    throw new ImageError(
      "X_IMAGE_LIMIT",
      `${read} compressed bytes became ${this.#made}; the limit is ${this.#ratio} for one`,
      { hint: "If the archive is trusted, raise limits.ratio" },
    );
  }
}

import { ImageError } from "../error.ts";
import { defaultLimits, type TarLimits } from "./limits.ts";

/** Watches how much compressed bytes become, for a bomb is small until it is unpacked. */
export class RatioGuard {
  readonly #ratio: number;
  readonly #after: number;
  #read = 0;
  #made = 0;

  constructor({ ratio, ratioAfter }: Pick<TarLimits, "ratio" | "ratioAfter"> = defaultLimits) {
    this.#ratio = ratio;
    this.#after = ratioAfter;
  }

  /** Compressed bytes so far. */
  get read(): number {
    return this.#read;
  }

  /** Counts compressed bytes that are about to be unpacked. */
  onRead(bytes: number): void {
    this.#read += bytes;
  }

  /** Counts unpacked bytes. Throws `X_IMAGE_LIMIT` when they are too many for what was read. */
  onMade(bytes: number): void {
    this.#made += bytes;
    if (this.#made <= this.#after || this.#made <= this.#read * this.#ratio) return;
    throw new ImageError(
      "X_IMAGE_LIMIT",
      `${this.#read} compressed bytes became ${this.#made}; the limit is ${this.#ratio} for one`,
      { hint: "If the archive is trusted, raise limits.ratio" },
    );
  }
}

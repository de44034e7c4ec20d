import { changes, type ChangesOptions } from "./changes/changes.ts";
import type { Change } from "./changes/change.ts";
import type { DriverName, Mounted } from "./drivers/driver.ts";
import type { IdMap } from "./id-map.ts";
import { UnionError } from "./error.ts";

/** What a {@link Union} is made from. */
export interface UnionParts {
  readonly target: string;
  readonly lower: readonly string[];
  readonly driver: DriverName;
  readonly why: string;
  readonly mounted: Mounted;
  readonly idmap: IdMap | undefined;
  /** What is let go of when it is gone. */
  readonly release: () => void;
}

/** A union in its place. It goes with `await using`, or by `unmount()`; the second time is nothing. */
export class Union implements AsyncDisposable {
  /** The directory that shows it. */
  readonly target: string;
  /** What made it. */
  readonly driver: DriverName;
  /** Why that one. */
  readonly why: string;
  /** What could not be done as it should, in sentences: devices that an ordinary user cannot make. */
  readonly notices: readonly string[];
  readonly #parts: UnionParts;
  #gone = false;

  constructor(parts: UnionParts) {
    this.target = parts.target;
    this.driver = parts.driver;
    this.why = parts.why;
    this.notices = parts.mounted.notices;
    this.#parts = parts;
  }

  /**
   * What happened on top so far: as the function `changes`, which it calls with the layers of this
   * union.
   *
   * @throws UnionError `X_UNION_INVALID` when it has no upper directory that can be read.
   */
  changes(options: Pick<ChangesOptions, "signal"> = {}): AsyncGenerator<Change, void, undefined> {
    const { lower, mounted, driver } = this.#parts;
    if (mounted.upper === undefined) {
      throw new UnionError(
        "X_UNION_INVALID",
        "this union has no upper directory that can be read",
        {
          hint: "Give one as `upper`; what `tmpfs` holds is inside the mount alone",
        },
      );
    }
    const { idmap } = this.#parts;
    return changes(mounted.upper, lower, {
      driver,
      ...(idmap === undefined ? {} : { idmap }),
      ...options,
    });
  }

  /** Takes the union away. Rejects with UnionError `X_UNION_BUSY` while it is in use. */
  async unmount(): Promise<void> {
    await this.#end(false);
  }

  /** Takes it away even when it is in use: then it is gone with the last who uses it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end(true);
  }

  async #end(lazy: boolean): Promise<void> {
    if (this.#gone) return;
    await this.#parts.mounted.unmount({ lazy });
    this.#gone = true;
    this.#parts.release();
  }
}

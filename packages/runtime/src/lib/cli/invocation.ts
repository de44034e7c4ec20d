/** A command line, taken apart. */
export interface Invocation {
  /** One or two words: `run`, `system df`. */
  readonly command: string;
  /** Its words; those of a program to run inside are untouched. */
  readonly words: readonly string[];
  readonly flags: Flags;
}

/** Options by name; those that were not given are missing. */
export interface Flags {
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly values: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
}

/** What a command does; resolves with its exit status. */
export type Action = (invocation: Invocation) => Promise<number>;

/** What an option takes, and what is said about it. */
export interface OptionShape {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

/** Options by their long name. */
export type Options = Readonly<Record<string, OptionShape>>;

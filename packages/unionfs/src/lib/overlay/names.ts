import { result, type Result } from "@x/plan";

/** The results of the steps of one union: those with a number, in the order of the layers. */
export interface Names {
  readonly union: Result;
  readonly context: Result;
  readonly lower: (i: number) => Result;
  readonly upper: Result;
  readonly work: Result;
  /** A file system in memory that holds what the steps need for themselves. */
  readonly scratch: Result;
  readonly scratchContext: Result;
  /** Where that is attached for a moment. */
  readonly place: Result;
  readonly nothing: Result;
  readonly cwd: Result;
}

/** All names start with that of the union, so that one plan can hold several. */
export function namesOf(as: string): Names {
  const named = (name: string): Result => result(`${as} ${name}`);
  return {
    union: result(as),
    context: named("context"),
    lower: (i) => named(`lower ${i}`),
    upper: named("upper"),
    work: named("work"),
    scratch: named("scratch"),
    scratchContext: named("scratch context"),
    place: named("place"),
    nothing: named("nothing"),
    cwd: named("cwd"),
  };
}

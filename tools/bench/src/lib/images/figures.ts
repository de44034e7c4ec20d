import type { Machine } from "../machine.ts";
import { OURS, PEERS } from "./contestants.ts";
import type { Parts } from "./parts.ts";

/** What was found out about one image. */
export interface PulledImage {
  readonly name: string;
  /** Medians of milliseconds, by contestant. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Peak resident memory in bytes, of those that are one process of Node. */
  readonly memory: Readonly<Record<string, number>>;
  readonly parts: Parts;
}

/** All that a run has found out about images, as it goes into the JSON file. */
export interface ImageFigures {
  readonly machine: Machine;
  readonly rounds: number;
  readonly images: readonly PulledImage[];
}

/** Whoever of the others is the fastest, and ours in parts of its time. */
export function fastestPeer({ milliseconds }: Pick<PulledImage, "milliseconds">): {
  readonly name: string;
  readonly ratio: number;
} {
  const [name = ""] = PEERS.toSorted((a, b) => milliseconds[a]! - milliseconds[b]!);
  return { name, ratio: milliseconds[OURS]! / milliseconds[name]! };
}

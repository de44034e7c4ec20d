import type { Digest } from "../../spec/digest.ts";
import type { StorePaths } from "../paths.ts";
import type { Finding } from "./finding.ts";

/** How far a check is that reads all blobs. Bytes. */
export interface CheckProgress {
  readonly bytes: number;
  readonly total: number;
}

/** How a store is checked. */
export interface CheckOptions {
  /** Mends what can be mended; waits until nobody uses the store, and keeps others waiting. */
  readonly repair?: boolean;
  /** Reads all blobs and compares their digests. */
  readonly verify?: boolean;
  /** Chain ids of layers that containers use: these are never removed. */
  readonly keepLayers?: Iterable<Digest>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** A check that is going on. */
export interface Inspection {
  readonly paths: StorePaths;
  readonly options: CheckOptions;
  readonly findings: Finding[];
}

/** Something that is wrong, and what mends it. */
export interface Found extends Omit<Finding, "repaired" | "hint"> {
  /** What mending does, as a sentence: `It is removed`. */
  readonly remedy: string;
  readonly mend: () => Promise<void>;
}

/** Notes a finding, mended if that is wanted and works; whether it is. */
export async function report(inspection: Inspection, found: Found): Promise<boolean> {
  const { findings, options } = inspection;
  const { mend, remedy, ...finding } = found;
  options.signal?.throwIfAborted();
  if (options.repair !== true) {
    findings.push({ ...finding, hint: `When it is mended: ${remedy}` });
    return false;
  }
  try {
    await mend();
    findings.push({ ...finding, hint: remedy, repaired: true });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.push({ ...finding, hint: `It could not be mended: ${reason}`, repaired: false });
    return false;
  }
}

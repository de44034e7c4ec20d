import { pull, type Descriptor, type Store } from "@x/image";
import { findImage } from "../image/find.ts";
import type { Flags } from "./invocation.ts";
import { progressView } from "./progress.ts";
import { platformFlag, registryFlags } from "./registry-flags.ts";
import { UsageError } from "./usage-error.ts";

/** An image of the store, and the name by which it was found. */
export interface NamedImage {
  readonly name: string;
  readonly descriptor: Descriptor;
}

const policies = ["missing", "always", "never"];

/** The image that a command line means: from the store, or pulled as `--pull` says. */
export async function imageToRun(
  store: Store,
  text: string,
  flags: Flags,
  work: { readonly signal: AbortSignal },
): Promise<NamedImage> {
  const { pull: policy = "missing" } = flags.values;
  if (!policies.includes(policy)) {
    throw new UsageError(`--pull ${policy} is none of ${policies.join(", ")}`);
  }
  const here = policy === "always" ? undefined : await findImage(store, text);
  if (here !== undefined) return here;
  if (policy === "never") return findImage(store, text, { must: true });
  using view = progressView(flags);
  return await pull(store, text, {
    ...registryFlags(flags),
    ...platformFlag(flags),
    ...(view.onProgress === undefined ? {} : { onProgress: view.onProgress }),
    signal: work.signal,
  });
}

import { formatReference, openStore, parseReference, push as pushImage } from "@x/image";
import { findImage } from "../../image/find.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { printImage } from "../output.ts";
import { progressView } from "../progress.ts";
import { registryFlags } from "../registry-flags.ts";

/** `x push`: an image of the store to a registry. */
export async function push({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const [image = "", destination] = words;
  const { name } = await findImage(store, image, { must: true });
  using work = interruptible();
  using view = progressView(flags);
  const pushed = await pushImage(store, name, destination ?? name, {
    ...registryFlags(flags),
    ...view,
    signal: work.signal,
  });
  const { digest } = pushed.descriptor;
  const { digest: _, ...target } = parseReference(destination ?? name);
  printImage(flags, formatReference(target), digest);
  return 0;
}

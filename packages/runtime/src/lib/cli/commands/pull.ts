import { openStore, pull as pullImage } from "@x/image";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { printImage, remark } from "../output.ts";
import { progressView } from "../progress.ts";
import { platformFlag, registryFlags } from "../registry-flags.ts";

/** `x pull`: an image from a registry into the store, unpacked. */
export async function pull({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  using work = interruptible();
  using view = progressView(flags);
  const { name, descriptor, unpacked } = await pullImage(store, words[0]!, {
    ...registryFlags(flags),
    ...platformFlag(flags),
    ...view,
    all: flags.switches.has("all-platforms"),
    signal: work.signal,
  });
  for (const notice of unpacked?.notices ?? []) remark(notice);
  printImage(flags, name, descriptor.digest);
  return 0;
}

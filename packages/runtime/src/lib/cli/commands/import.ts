import { importRoot as importImage, openStore } from "@x/image";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { makeFlags } from "../make-flags.ts";
import { newImageName } from "../new-image-name.ts";
import { printImage } from "../output.ts";
import { platformFlag } from "../registry-flags.ts";

/** `x import`: a root file system, or a tar of one, becomes an image of one layer. */
export async function importRoot({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const [path = "", wanted = ""] = words;
  const name = newImageName(wanted);
  using work = interruptible();
  const { descriptor } = await importImage(store, path, {
    ...makeFlags(flags),
    ...platformFlag(flags),
    name,
    signal: work.signal,
  });
  printImage(flags, name, descriptor.digest);
  return 0;
}

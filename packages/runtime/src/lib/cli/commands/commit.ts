import { openStore } from "@x/image";
import { commitContainer } from "../../containers/commit.ts";
import { findContainer } from "../../containers/list.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { makeFlags } from "../make-flags.ts";
import { newImageName } from "../new-image-name.ts";
import { printImage } from "../output.ts";

/** `x commit`: what a container wrote becomes a layer of a new image. */
export async function commit({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const [wanted = "", image = ""] = words;
  const name = newImageName(image);
  const { record } = findContainer(store, wanted);
  using work = interruptible();
  const { descriptor } = await commitContainer(store, record, {
    ...makeFlags(flags),
    name,
    signal: work.signal,
  });
  printImage(flags, name, descriptor.digest);
  return 0;
}

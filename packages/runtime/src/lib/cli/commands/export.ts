import { resolve } from "node:path";
import { openStore } from "@x/image";
import { exportContainer, exportImage } from "../../containers/export.ts";
import { findContainer, isContainer } from "../../containers/list.ts";
import { findImage } from "../../image/find.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { UsageError } from "../usage-error.ts";

/** `x export`: the whole root of a container or an image, as a tar or into a directory. */
export async function exportRoot({ words, flags }: Invocation): Promise<number> {
  const [word = ""] = words;
  const { output } = flags.values;
  if (output === undefined) throw new UsageError("x export needs -o FILE, or -o DIRECTORY/");
  const store = await openStore();
  using work = interruptible();
  const into = output.endsWith("/") ? "directory" : "tar";
  const options = { path: resolve(output), into, signal: work.signal } as const;
  if (isContainer(store, word)) {
    await exportContainer(store, findContainer(store, word).record, options);
  } else {
    const { descriptor } = await findImage(store, word, { must: true });
    await exportImage(store, descriptor, options);
  }
  return 0;
}

import {
  archiveDestination,
  copyImage,
  ociLayoutDestination,
  openStore,
  type ImageDestination,
} from "@x/image";
import { findImage } from "../../image/find.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { progressView } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

type Destination = (path: string, name: string) => Promise<ImageDestination>;

const kinds: Readonly<Record<string, Destination>> = {
  oci: (path, name) => archiveDestination(path, { format: "oci", names: [name] }),
  docker: (path, name) => archiveDestination(path, { format: "docker", names: [name] }),
  "oci-directory": (path, name) => ociLayoutDestination(path, { ref: name }),
};

/** `x save`: an image of the store into a file or directory that other tools read. */
export async function save({ words, flags }: Invocation): Promise<number> {
  const { output, as = "oci" } = flags.values;
  if (output === undefined) throw new UsageError("x save needs -o FILE");
  const open = Object.hasOwn(kinds, as) ? kinds[as] : undefined;
  if (open === undefined) {
    throw new UsageError(`--as ${as} is none of ${Object.keys(kinds).join(", ")}`);
  }
  const store = await openStore();
  const { name } = await findImage(store, words[0]!, { must: true });
  using work = interruptible();
  using view = progressView(flags);
  await using source = store.source(name);
  await using destination = await open(output, name);
  await copyImage(source, destination, {
    ...view,
    all: true,
    phase: "upload",
    signal: work.signal,
  });
  return 0;
}

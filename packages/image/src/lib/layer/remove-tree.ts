import { basename, dirname, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { syscall } from "@x/syscall";
import { checkDirectory } from "./entry-path.ts";
import { isErrno, kernelSaidOf } from "./kernel-said.ts";
import { openHost } from "./open-beneath.ts";
import { removal } from "./removal.ts";

/**
 * Removes a directory and all in it, or whatever else lies there; nothing there is fine too. What
 * is in it need not be trusted: it goes by descriptors, follows no link and crosses into no mount,
 * however deep the tree is, and gives itself the permissions that are missing.
 *
 * Throws `X_IMAGE_IN_USE` when something is mounted in it, and `X_IMAGE_STORE`.
 */
export async function removeTree(
  directory: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  checkDirectory(directory);
  const path = resolve(directory);
  let parent: number;
  try {
    parent = openHost(dirname(path));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw kernelSaidOf("open the directory above it", directory, error);
  }
  const steps = removal(parent, Buffer.from(`${basename(path)}\0`));
  try {
    while (steps.next().done !== true) {
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  } catch (error) {
    throw kernelSaidOf("remove it", directory, error);
  } finally {
    steps.return();
    syscall("close", parent);
  }
}

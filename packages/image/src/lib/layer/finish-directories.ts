import { syscall } from "@x/syscall";
import { finishDirectory, restoreDirectory } from "./attributes.ts";
import type { AttributeContext } from "./attributes.ts";
import type { Directories } from "./directories.ts";
import { pathBytes } from "./entry-path.ts";
import { kernelSaid } from "./kernel-said.ts";
import { deepestFirst, undescribed } from "./layer-directory.ts";
import type { LayerDirectory } from "./layer-directory.ts";
import { pauses } from "./pauses.ts";

/**
 * Gives directories their attributes once nothing more goes into them, the deepest first, for a mode
 * may lock what is below. Resolves with the paths of those that no entry describes. Throws
 * `ImageError`.
 */
export async function finishDirectories(
  directories: Directories,
  context: AttributeContext,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const implicit: string[] = [];
  const pause = pauses();
  for (const node of deepestFirst(directories.nodes.values())) {
    await pause();
    signal?.throwIfAborted();
    try {
      if (!finish(directories, node, context)) continue;
    } catch (error) {
      throw kernelSaid("finish this directory", pathBytes(node.path), error);
    }
    if (isImplicit(node)) implicit.push(node.path);
  }
  return implicit.toSorted();
}

/** False for a directory that is gone. */
function finish(
  directories: Directories,
  node: LayerDirectory,
  context: AttributeContext,
): boolean {
  const fd = directories.open(node);
  if (fd === undefined) return false;
  try {
    const { before, described } = node;
    if (described !== undefined || before === undefined) {
      finishDirectory(fd, node, described ?? undescribed, context);
    } else {
      restoreDirectory(fd, node, before);
    }
  } finally {
    syscall("close", fd);
  }
  return true;
}

function isImplicit({ before, described, hides }: LayerDirectory): boolean {
  return before === undefined && described === undefined && !hides;
}

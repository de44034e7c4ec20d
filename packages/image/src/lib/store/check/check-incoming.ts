import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../../layer/remove-tree.ts";
import { clearLocks } from "../collect.ts";
import { namesIn } from "../contents.ts";
import { report, type Inspection } from "./inspection.ts";

/** Looks for what broken attempts have left, by whoever has the store alone: nobody is at work. */
export async function checkIncoming(inspection: Inspection): Promise<void> {
  const { paths, options } = inspection;
  for (const name of await namesIn(paths.incoming)) {
    const path = join(paths.incoming, name);
    const stat = await lstat(path).catch(() => undefined);
    const isPart = name.endsWith(".partial");
    await report(inspection, {
      kind: "stale-incoming",
      subject: path,
      message: isPart
        ? `${path} is the beginning of a blob, ${stat?.size ?? 0} bytes, that did not come to its end`
        : `${path} was left by a process that was killed`,
      remedy: isPart ? "It is removed; a pull would have gone on from it" : "It is removed",
      mend: () => removeTree(path),
    });
  }
  if (options.repair === true) await clearLocks(paths);
}

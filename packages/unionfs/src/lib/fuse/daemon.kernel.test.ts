import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder } from "../../testing/folder.ts";
import { mountsIn } from "../../testing/mounts-in.ts";
import { fuseOverlayfs } from "../drivers/fuse-overlayfs.ts";
import { mountUnion } from "../mount-union.ts";

const why = await fuseOverlayfs.refusal();
const reason = why === undefined ? "" : ` (skipped: ${why})`;

describe.skipIf(why !== undefined)(`a fuse-overlayfs${reason}`, () => {
  test("that does not hear that it is to end is ended, and leaves no mount", async () => {
    using place = folder();
    const lower = [place.tree("lower", { file: "" })];
    const target = place.tree("target", {});
    const union = await mountUnion({ driver: "fuse-overlayfs", lower, target });
    const [pid] = serving(target);
    process.kill(pid!, "SIGSTOP");
    await union[Symbol.asyncDispose]();
    expect(serving(target)).toEqual([]);
    expect(mountsIn(place)).toEqual([]);
    expect(readdirSync(target)).toEqual([]);
  });
});

/** The processes whose command line names this directory. */
function serving(target: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words[0]!.includes("fuse-overlayfs") && words.includes(target);
    } catch {
      return false; // ended meanwhile
    }
  });
}

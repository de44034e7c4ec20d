import { killGroup } from "./group/kill.ts";
import type { WaitOptions } from "./group/until-empty.ts";
import { detect } from "./hierarchy/detect.ts";
import type { GroupDirectory } from "./hierarchy/hierarchy.ts";
import { groupsIn, removeDirectory } from "./tree/directory.ts";
import { OWNERS, ownerLives } from "./tree/owner.ts";
import { placesOf, SELF } from "./tree/place.ts";
import { removeGroup } from "./tree/remove.ts";

/**
 * Deletes the groups that programs left behind which have ended without deleting them, as after
 * `kill -9`, and kills what still runs in them. Touches only groups that `createCgroup` made without
 * a `parent`, and of those only the ones whose owner is dead for certain. Resolves with the paths.
 */
export async function sweep(options: WaitOptions = {}): Promise<string[]> {
  const places = placesOf(detect());
  const left = new Map<string, GroupDirectory[]>();
  for (const { hierarchy, base } of places) {
    const owners = `${hierarchy.mountpoint}${base}${OWNERS}`;
    for (const name of groupsIn(owners)) {
      const directory = { hierarchy, path: `${owners}/${name}` };
      left.set(name, [...(left.get(name) ?? []), directory]);
    }
  }
  const swept: string[] = [];
  for (const [name, directories] of left) {
    if (ownerLives(name) !== false) continue;
    await killGroup(directories, options);
    await removeGroup(directories, options);
    swept.push(`${OWNERS}/${name}`);
  }
  for (const { hierarchy, base } of places) {
    removeDirectory(`${hierarchy.mountpoint}${base}${OWNERS}`);
    // Where one moved aside; it stays while somebody is in it.
    if (hierarchy.version === 2) removeDirectory(`${hierarchy.mountpoint}${base}/${SELF}`);
  }
  return swept;
}

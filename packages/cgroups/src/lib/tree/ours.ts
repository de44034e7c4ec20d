import { CgroupError } from "../error.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";

/** A group that may be asked to be deleted. */
interface Deletable {
  readonly path: string;
  readonly directories: readonly GroupDirectory[];
  /** It was made through this handle, or taken over by name. */
  readonly owned: boolean;
}

/**
 * Refuses to delete what we did not make: `X_CGROUP_NOT_OURS`. The root, and the groups that this
 * process itself is in or below, are never to be deleted.
 */
export function refuseUnlessOurs({ path, directories, owned }: Deletable): void {
  const above = directories.find(
    ({ hierarchy: { own, mountpoint }, path: directory }) =>
      path === "/" || (own !== undefined && `${mountpoint}${own}/`.startsWith(`${directory}/`)),
  );
  if (above !== undefined) {
    throw new CgroupError("X_CGROUP_NOT_OURS", `${above.path} is not to be deleted`, {
      hint: "It is the root, or this process itself lives in it",
    });
  }
  if (owned) return;
  throw new CgroupError("X_CGROUP_NOT_OURS", `${path} was not made here`, {
    hint: "openCgroup(path, { own: true }) takes it over, if you know that nobody else needs it",
  });
}

/** Where a layer goes: by itself, to be stacked by overlay, or into one tree with the others. */
export type Whiteouts = "overlay" | "flat";

/** Where `containers/storage` and fuse-overlayfs keep the owner and mode that a file should have. */
export const overrideXattr = "user.containers.override_stat";

/**
 * The name under which an extended attribute of an archive is written; undefined for those that
 * are not. Labels and access lists of the host that made the archive mean nothing elsewhere. What
 * overlay itself reads would let a layer reach into others: overlay has a way to hold such names,
 * one tree has not. Source: overlayfs.rst, "Nesting overlayfs mounts".
 */
export function writtenXattr(name: string, whiteouts: Whiteouts): string | undefined {
  if (dropped.has(name)) return undefined;
  const own = /^(trusted|user)\.overlay\./.exec(name)?.[0];
  if (own === undefined) return name;
  return whiteouts === "overlay" ? `${own}overlay.${name.slice(own.length)}` : undefined;
}

/** Whether an attribute found on a file is none that came from an archive. */
export function isOwnXattr(name: string): boolean {
  return dropped.has(name) || overlays.test(name);
}

/** Whether an attribute goes along when a file is copied from one layer into another. */
export function isCopiedXattr(name: string): boolean {
  return name !== "security.selinux" && !overlays.test(name);
}

const overlays = /^(trusted|user)\.overlay\.(?!overlay\.)/;

const dropped: ReadonlySet<string> = new Set([
  "security.selinux",
  "system.nfs4_acl",
  overrideXattr,
  // Where @x/unionfs notes to whom a copied union belongs, and what it may put in its place.
  "trusted.x.copy",
  "user.x.copy",
]);

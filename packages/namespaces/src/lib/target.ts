import { Descriptor } from "@x/syscall";
import { fstatSync } from "node:fs";
import type { Join } from "./enter-steps.ts";
import { readIdMaps } from "./id-map-check.ts";
import { allKinds, cloneFlags, requireKnownKind, type NamespaceKind } from "./kinds.ts";
import { namespacesOf, sameId } from "./namespaces-of.ts";
import type { UserMaps } from "./new-namespaces.ts";
import { openNamespace, requireKind, userNamespaceOf } from "./nsfs.ts";
import { gone, openLiving, pidOf } from "./pidfd.ts";

/**
 * Whose namespaces: those of a process, by pid or by pidfd (`openProcess`), or single ones by a
 * path (`/run/netns/NAME`) or an open descriptor.
 */
export type NamespaceTarget =
  | number
  | Descriptor
  | { readonly [kind in NamespaceKind]?: string | Descriptor };

/** A way into namespaces that differ from the calling thread's. */
export interface WayIn extends Disposable {
  /** What has to be open, in the order of {@link WayIn.joins}; they are closed with the way in. */
  readonly descriptors: readonly Descriptor[];
  /** The same as one `setns(2)` each, the first descriptor being 3. */
  readonly joins: readonly Join[];
  /** All kinds that differ. */
  readonly kinds: readonly NamespaceKind[];
  /** The maps of the user namespace, where that is among them and belongs to a known process. */
  readonly maps: UserMaps | undefined;
}

type OwnNamespaces = ReturnType<typeof namespacesOf>;

/**
 * Opens what leads into the namespaces of `target` that are of the `wanted` kinds (all unless
 * given) and not the calling thread's already.
 *
 * Throws `NamespaceError` (`X_NAMESPACE_GONE`, `X_NAMESPACE_NOT_ONE`, `X_NAMESPACE_INVALID`) and
 * `SyscallError`.
 */
export function openTarget(
  target: NamespaceTarget,
  wanted: readonly NamespaceKind[] = allKinds,
): WayIn {
  cloneFlags(wanted);
  const own = namespacesOf("self");
  if (typeof target === "number") return byPid(target, wanted, own);
  if (target instanceof Descriptor) return byProcess(target, pidOf(target), wanted, own, []);
  return byNamespace(target, wanted, own);
}

function byPid(pid: number, wanted: readonly NamespaceKind[], own: OwnNamespaces): WayIn {
  const process = openLiving(pid);
  try {
    return byProcess(process, pid, wanted, own, [process]);
  } catch (error) {
    process.close();
    throw error;
  }
}

/** `/proc/PID` is read between two looks at the pidfd, so it was the same process all along. */
function byProcess(
  process: Descriptor,
  pid: number,
  wanted: readonly NamespaceKind[],
  own: OwnNamespaces,
  ours: readonly Descriptor[],
): WayIn {
  const theirs = namespacesOf(pid);
  const kinds = allKinds.filter(
    (kind) => wanted.includes(kind) && !sameId(theirs[kind], own[kind]),
  );
  const maps = kinds.includes("user") ? readIdMaps(pid) : undefined;
  if (pidOf(process) !== pid) throw gone(pid);
  const joins = kinds.length === 0 ? [] : [{ descriptor: 3, namespaces: kinds }];
  return way(
    joins.map(() => process),
    joins,
    maps,
    ours,
  );
}

function byNamespace(
  target: Exclude<NamespaceTarget, number | Descriptor>,
  wanted: readonly NamespaceKind[],
  own: OwnNamespaces,
): WayIn {
  for (const kind of Object.keys(target)) requireKnownKind(kind, `target.${kind}`);
  const opened: Descriptor[] = [];
  try {
    const found = allKinds.flatMap((kind) => {
      const place = target[kind];
      if (place === undefined || !wanted.includes(kind)) return [];
      const namespace = openOne(place, kind, opened);
      const { ino: inode, dev: device } = fstatSync(namespace.fd);
      return sameId({ kind, inode, device }, own[kind]) ? [] : [{ kind, namespace }];
    });
    const ordered = found.toSorted((a, b) => turn(a, own) - turn(b, own));
    const joins = ordered.map(({ kind }, i) => ({ descriptor: 3 + i, namespaces: [kind] }));
    return way(
      ordered.map(({ namespace }) => namespace),
      joins,
      undefined,
      opened,
    );
  } catch (error) {
    opened.forEach((one) => one.close());
    throw error;
  }
}

function openOne(
  place: string | Descriptor,
  kind: NamespaceKind,
  opened: Descriptor[],
): Descriptor {
  const field = `target.${kind}`;
  if (place instanceof Descriptor) {
    requireKind(place, kind, `descriptor ${place.fd}`, field);
    return place;
  }
  const namespace = openNamespace(place, kind, field);
  opened.push(namespace);
  return namespace;
}

/**
 * Joining a user namespace gives the power over what belongs to it, and takes the power over what
 * belongs to ours: that has to be joined before. Source: user_namespaces(7).
 */
function turn(
  { kind, namespace }: { kind: NamespaceKind; namespace: Descriptor },
  own: OwnNamespaces,
): number {
  if (kind === "user") return 1;
  const owner = userNamespaceOf(namespace);
  if (owner === undefined) return 2;
  using open = owner;
  return fstatSync(open.fd).ino === own.user?.inode ? 0 : 2;
}

function way(
  descriptors: readonly Descriptor[],
  joins: readonly Join[],
  maps: UserMaps | undefined,
  ours: readonly Descriptor[],
): WayIn {
  const kinds = joins.flatMap(({ namespaces }) => namespaces);
  return {
    descriptors,
    joins,
    kinds,
    maps,
    [Symbol.dispose]: () => ours.forEach((one) => one.close()),
  };
}

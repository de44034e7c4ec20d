import { Cgroup } from "./cgroup.ts";
import type { ControllerName } from "./controller.ts";
import { CgroupError } from "./error.ts";
import { bindingsOf, openAll, type OpenDirectory } from "./group/bindings.ts";
import { availableIn, neededFor } from "./group/needed.ts";
import { needsProgram, putInForce } from "./group/put-in-force.ts";
import { workFor, type LimitOptions } from "./group/settings.ts";
import { writeFile } from "./group/write-file.ts";
import type { Hierarchies } from "./hierarchy/hierarchy.ts";
import { detectRecently, forgetRecent } from "./hierarchy/recent.ts";
import { readMachine } from "./machine.ts";
import type { Resources } from "./resources.ts";
import { releaseAncestors, retainAncestors } from "./tree/ancestors.ts";
import { checkControllers } from "./tree/check-controllers.ts";
import { makeGroup, type Made } from "./tree/make.ts";
import { OWNERS, ownPath } from "./tree/owner.ts";
import { placesOf, type Place } from "./tree/place.ts";
import { removeDirectory } from "./tree/directory.ts";
import { validate } from "./validate.ts";
import { validateName, validatePath } from "./validate/name.ts";

/** How a group is made. */
export interface CreateOptions extends LimitOptions {
  /** The last part of its path; 32 random hexadecimal digits unless given. */
  readonly name?: string;
  /**
   * The group it is made in, by handle or path; what is missing on the way is made as well. Unless
   * given, it is one that is this process's own, so that `sweep` can tell when nobody is left.
   */
  readonly parent?: Cgroup | string;
  /** Only the v1 hierarchies of these, and of what the limits need; all there are unless given. */
  readonly controllers?: readonly ControllerName[];
  /** v2: threads of one process may be spread over it and its siblings (`cgroup.type`). */
  readonly threaded?: boolean;
  /** What is mounted, if it is known already: `detect()`. */
  readonly hierarchies?: Hierarchies;
}

/**
 * Makes a control group with these limits, in every hierarchy there is, and resolves with a handle
 * on it. The limits hold before anything can be in it. When it fails, nothing is left.
 *
 * @throws CgroupError `X_CGROUP_INVALID` with the field for what makes no sense, before anything is
 *   touched; `X_CGROUP_NO_CONTROLLER`, `X_CGROUP_UNSUPPORTED` with the field for what this host
 *   cannot limit; `X_CGROUP_PERMISSION` with a hint when the tree is not ours; `X_CGROUP_EXISTS`
 * @see cgroups(7), Documentation/admin-guide/cgroup-v2.rst, OCI runtime-spec config-linux.md
 */
export async function createCgroup(
  resources: Resources = {},
  options: CreateOptions = {},
): Promise<Cgroup> {
  try {
    validate(resources, readMachine());
    const { name = randomName(), parent, controllers } = options;
    validateName(name);
    if (typeof parent === "string") validatePath(parent, "parent");
    if (controllers !== undefined) checkControllers(controllers);
    return makeWhereMounted(resources, name, options);
  } catch (error) {
    // The trace is the caller's: the message, and the cause if there is one, say all else.
    if (error instanceof CgroupError) Error.captureStackTrace(error, createCgroup);
    throw error;
  }
}

function makeWhereMounted(resources: Resources, name: string, options: CreateOptions): Cgroup {
  try {
    return makeCgroup(resources, name, options);
  } catch (error) {
    // What was mounted a moment ago may not be so any more, and what was not may be now.
    if (!forgetRecent() || !(error instanceof CgroupError)) throw error;
    return makeCgroup(resources, name, options);
  }
}

/** Without `node:crypto`, which takes longer to load than all of this package. */
function randomName(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
}

/** What happens with a group beside what its maker asks for. */
export interface MakeOptions extends CreateOptions {
  /** Called once, when it has been deleted; `delete` waits for it. */
  readonly deleted?: () => Promise<void>;
}

/** Makes a group of which everything has been checked that can be without looking at the host. */
export function makeCgroup(resources: Resources, name: string, options: MakeOptions): Cgroup {
  const { parent, controllers, threaded = false } = options;
  const above = typeof parent === "object" ? parent : undefined;
  const all = above?.places ?? placesOf(options.hierarchies ?? detectRecently());
  const available = availableIn(all);
  const needed = neededFor(resources, available);
  const places = all.filter((place) => isWanted(place, needed, controllers));
  const usesProgram = resources.devices !== undefined && needed.has("devices");
  if (usesProgram && available.get("devices") === 2 && !options.devicePrograms) {
    throw needsProgram();
  }

  const parentPath = above?.path ?? (parent as string | undefined) ?? ownPath();
  const path = `${parentPath === "/" ? "" : parentPath}/${name}`;
  const made = makeGroup(places, path, { needed, threaded });
  const owners = above === undefined && parent === undefined ? ownersOf(made, path) : [];
  retainAncestors(parentPath, [...made.ancestors, ...owners]);
  const directories = openAll(made.directories);
  try {
    if (threaded) makeThreaded(directories);
    const work = workFor(resources, bindingsOf(directories), directories, {
      ...options,
      fresh: true,
    });
    const conversions = putInForce(work, options);
    const deleted = (): Promise<void> | undefined => {
      releaseAncestors(parentPath);
      return options.deleted?.();
    };
    return new Cgroup({ path, places: all, directories, conversions, owned: true, deleted });
  } catch (error) {
    for (const directory of directories) removeDirectory(directory.path);
    releaseAncestors(parentPath);
    throw error;
  }
}

/**
 * The directory of all owners, in each hierarchy: whoever is the last takes it away, made by him or
 * by another that ended before.
 */
function ownersOf({ directories }: Made, path: string): string[] {
  return directories.map(({ path: made }) => `${made.slice(0, -path.length)}${OWNERS}`);
}

/** The v2 tree always: it stops, kills and tells, whatever it controls. */
function isWanted(
  { hierarchy: { version }, controllers: there }: Place,
  needed: ReadonlySet<ControllerName>,
  only: readonly ControllerName[] | undefined,
): boolean {
  if (only === undefined || version === 2) return true;
  return there.some((name) => only.includes(name) || needed.has(name));
}

/** cgroups(7), thread mode: a group below a threaded domain. */
function makeThreaded(directories: readonly OpenDirectory[]): void {
  for (const { hierarchy, path } of directories) {
    if (hierarchy.version === 2) writeFile(`${path}/cgroup.type`, "threaded", "threaded");
  }
}

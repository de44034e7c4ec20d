import { existsSync } from "node:fs";
import type { Conversion, Files, Setting } from "../controller.ts";
import type { DevicePrograms } from "../device-programs.ts";
import { CgroupError } from "../error.ts";
import type { DeviceRule, Resources } from "../resources.ts";
import type { Binding, OpenDirectory } from "./bindings.ts";
import { DirectoryFiles } from "./directory-files.ts";

/** How limits are put in force. */
export interface LimitOptions {
  /** Limits of the other version are converted, and `conversions` tells what to; else refused. */
  readonly convert?: boolean;
  /** `devicePrograms` of `@x/cgroups/devices`: what device rules need in a v2 tree. */
  readonly devicePrograms?: DevicePrograms;
}

/** What is to be done for a description: files to write, in order, and a program to load. */
export interface Work {
  readonly writes: readonly (Pick<Setting, "file" | "value" | "field"> & {
    readonly path: string;
  })[];
  readonly devices?: { readonly directory: string; readonly rules: readonly DeviceRule[] };
  readonly conversions: readonly Conversion[];
}

/** Works out what a description means for this group. Throws `CgroupError` with the field. */
export function workFor(
  resources: Resources,
  bindings: readonly Binding[],
  directories: readonly OpenDirectory[],
  { convert: allowed = false, fresh }: LimitOptions & { readonly fresh: boolean },
): Work {
  const conversions: Conversion[] = [];
  const convert = (conversion: Conversion): void => {
    if (!allowed) throw notHere(conversion);
    conversions.push(conversion);
  };
  const writes: Work["writes"][number][] = [];
  for (const { controller, files } of bindings) {
    const context = { fresh, convert, files, parent: above(files) };
    for (const { file, value, field } of controller.settings?.(resources, context) ?? []) {
      writes.push({ file, value, field, path: `${files.path}/${file}` });
    }
  }
  const devices = bindings.find((one) => one.controller.name === "devices" && one.version === 2);
  const rules = devices === undefined ? undefined : resources.devices;
  return {
    writes: [...writes, ...unifiedWrites(resources, directories)],
    conversions,
    ...(rules === undefined ? {} : { devices: { directory: devices!.files.path, rules } }),
  };
}

/** The group above is asked once, for little: nothing of it is kept open. */
function above({ path }: DirectoryFiles): Files {
  const parent = path.slice(0, path.lastIndexOf("/"));
  return { read: (file) => new DirectoryFiles(parent).read(file) };
}

function notHere({ field, from, to, rule }: Conversion): CgroupError {
  return new CgroupError(
    "X_CGROUP_UNSUPPORTED",
    `this version of control groups has no ${from.split(" ")[0]}; ${from} would become ${to} (${rule})`,
    { field, hint: "Say { convert: true } to have it converted" },
  );
}

function unifiedWrites(
  { unified = {} }: Resources,
  directories: readonly OpenDirectory[],
): Work["writes"] {
  const directory = directories.find(({ hierarchy }) => hierarchy.version === 2);
  return Object.entries(unified).map(([file, value]) => {
    const field = `unified[${JSON.stringify(file)}]`;
    if (directory === undefined) {
      throw new CgroupError("X_CGROUP_UNSUPPORTED", "no v2 hierarchy is mounted here", { field });
    }
    if (!existsSync(`${directory.path}/${file}`)) {
      throw new CgroupError("X_CGROUP_NO_CONTROLLER", `${directory.path} has no file ${file}`, {
        field,
        hint: "The controller of that name is not in the v2 hierarchy, or this kernel is older than the file",
      });
    }
    return { file, value, field, path: `${directory.path}/${file}` };
  });
}

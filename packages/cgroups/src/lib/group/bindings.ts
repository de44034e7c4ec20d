import type { Controller, ControllerName } from "../controller.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { v1 } from "../v1/controllers.ts";
import { v2 } from "../v2/controllers.ts";
import { DirectoryFiles } from "./directory-files.ts";

/** A controller and the files of one group that it is about. */
export interface Binding {
  readonly controller: Controller;
  readonly version: 1 | 2;
  readonly files: DirectoryFiles;
}

/** A group's directory with its files, read through one set of descriptors. */
export interface OpenDirectory extends GroupDirectory {
  readonly files: DirectoryFiles;
}

/** Directories with their files, of which none is open yet. */
export function openAll(directories: readonly GroupDirectory[]): OpenDirectory[] {
  return directories.map((one) => ({ ...one, files: new DirectoryFiles(one.path) }));
}

/** The controllers as this package knows them, by version. */
export const tables: Readonly<Record<1 | 2, ReadonlyMap<ControllerName, Controller>>> = {
  1: new Map(v1.map((one) => [one.name, one])),
  2: new Map(v2.map((one) => [one.name, one])),
};

/** Every controller of a group, with the files that are its. */
export function bindingsOf(directories: readonly OpenDirectory[]): Binding[] {
  const bindings: Binding[] = [];
  for (const { hierarchy, files } of directories) {
    const { version, controllers } = hierarchy;
    for (const name of controllers) {
      const controller = tables[version].get(name);
      if (controller !== undefined) bindings.push({ controller, version, files });
    }
  }
  return bindings;
}

import type { Controller, Conversion, Files, Setting, SettingContext } from "../../controller.ts";
import { CgroupError } from "../../error.ts";
import type { Resources } from "../../resources.ts";

/** Files of a group that are a plain record. */
export function filesOf(record: Readonly<Record<string, string>>): Files {
  return { read: (file) => (Object.hasOwn(record, file) ? record[file] : undefined) };
}

/** What a test says of the group that settings are for; nothing is in it unless said. */
export interface Situation {
  readonly files?: Readonly<Record<string, string>>;
  readonly parent?: Readonly<Record<string, string>>;
  readonly fresh?: boolean;
  /** Takes the conversions; they are refused without. */
  readonly conversions?: Conversion[];
}

/** A fresh group unless the test gives its files. */
export function contextOf({ files, parent = {}, fresh, conversions }: Situation): SettingContext {
  return {
    files: filesOf(files ?? {}),
    parent: filesOf(parent),
    fresh: fresh ?? files === undefined,
    convert(conversion) {
      if (conversions !== undefined) conversions.push(conversion);
      else throw new CgroupError("X_CGROUP_UNSUPPORTED", conversion.rule, conversion);
    },
  };
}

/** The settings as `file=value`, in order. */
export function lines(
  controller: Controller,
  resources: Resources,
  situation: Situation = {},
): string[] {
  return settings(controller, resources, situation).map(({ file, value }) => `${file}=${value}`);
}

/** The settings themselves. */
export function settings(
  controller: Controller,
  resources: Resources,
  situation: Situation = {},
): Setting[] {
  return controller.settings?.(resources, contextOf(situation)) ?? [];
}

/** The code and the field of the error that settings end with. */
export function refusal(
  controller: Controller,
  resources: Resources,
  situation: Situation = {},
): string {
  try {
    settings(controller, resources, situation);
  } catch (error) {
    if (error instanceof CgroupError) return `${error.code} ${error.field}`;
    throw error;
  }
  return "taken";
}

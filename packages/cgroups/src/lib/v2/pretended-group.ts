import type { Conversion, Files, Setting, SettingContext } from "../controller.ts";

/** For tests: a group whose files have these texts, without the last line end. */
export function groupOf(texts: Readonly<Record<string, string>>): Files {
  return { read: (file) => (Object.hasOwn(texts, file) ? texts[file] : undefined) };
}

/** For tests: what a controller is told, with the conversions it asked for. */
export interface Pretended extends SettingContext {
  readonly conversions: Conversion[];
}

/** For tests: a group that was there before, or `fresh`; conversions are allowed and kept. */
export function contextOf(
  texts: Readonly<Record<string, string>> = {},
  { fresh = false, parent = {} }: { fresh?: boolean; parent?: Record<string, string> } = {},
): Pretended {
  const conversions: Conversion[] = [];
  return {
    files: groupOf(texts),
    parent: groupOf(parent),
    fresh,
    conversions,
    convert: (conversion) => void conversions.push(conversion),
  };
}

/** For tests: settings as a shell would write them, `cpu.max=50000 100000`. */
export function lines(settings: readonly Setting[] | undefined): string[] {
  return (settings ?? []).map(({ file, value }) => `${file}=${value}`);
}

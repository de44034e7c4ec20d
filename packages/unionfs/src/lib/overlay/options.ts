import { FSCONFIG_SET_FLAG, FSCONFIG_SET_STRING } from "@x/syscall";
import { step, type Result, type Step } from "@x/plan";

/** What overlay is told besides its layers; a flag has no value. */
export type OverlayOptions = readonly (readonly [key: string, value: string | null])[];

/**
 * Everything that a layer of unknown origin could abuse is off, and said to be: a kernel's defaults
 * are its builder's. `redirect_dir=off` would still follow redirects where the kernel was built
 * with `CONFIG_OVERLAY_FS_REDIRECT_ALWAYS_FOLLOW`; `nofollow` never does.
 * Source: Documentation/filesystems/overlayfs.rst, "Metadata only copy up", "renaming directories".
 */
export function overlayOptions(union: {
  readonly userNamespace: boolean;
  readonly volatile: boolean;
}): OverlayOptions {
  return [
    ["redirect_dir", "nofollow"],
    ["metacopy", "off"],
    ["index", "off"],
    ["xino", "off"],
    ...(union.userNamespace ? [["userxattr", null] as const] : []),
    ...(union.volatile ? [["volatile", null] as const] : []),
  ];
}

/** The options as steps on a context of `fsopen(2)`. */
export function optionSteps(context: Result, options: OverlayOptions): Step[] {
  return options.map(([key, value]) =>
    value === null
      ? step("fsconfig", [context, FSCONFIG_SET_FLAG, key, null, 0])
      : step("fsconfig", [context, FSCONFIG_SET_STRING, key, value, 0]),
  );
}

/** The options as `mount(2)` takes them. */
export function optionText(options: OverlayOptions): string {
  return options.map(([key, value]) => (value === null ? key : `${key}=${value}`)).join(",");
}

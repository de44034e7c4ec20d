import { step, type Step } from "@x/plan";
import { SandboxError } from "../error.ts";
import type { Sandbox } from "../sandbox.ts";
import { boundCapabilities, DEFAULT_CAPABILITIES, setCapabilities } from "./capabilities.ts";
import { dieWithParent } from "./launcher.ts";

/** What the user namespace allows. */
export interface IdentityOptions {
  /** Groups can be set; a user namespace that maps one id denies it. */
  readonly setgroups: boolean;
}

/**
 * From here on the process is the container's user, with no more rights than it needs. Throws
 * `SandboxError` for groups that nobody can set here.
 */
export function identity(sandbox: Sandbox, { setgroups }: IdentityOptions): Step[] {
  const { uid, gid, additionalGids = [] } = sandbox.user ?? { uid: 0, gid: 0 };
  const kept = sandbox.capabilities ?? DEFAULT_CAPABILITIES;
  if (!setgroups && additionalGids.length > 0) {
    const message = "with one mapped id the kernel lets nobody set groups; root, and ranges can";
    throw new SandboxError("user.additionalGids", message);
  }
  const groups = Uint32Array.from([gid, ...additionalGids.filter((one) => one !== gid)]);
  return [
    ...boundCapabilities(kept),
    ...(setgroups
      ? [
          step("setgroups", [groups.length, new Uint8Array(groups.buffer)], {
            why: "no groups of the host",
            field: "user.additionalGids",
          }),
        ]
      : []),
    step("setresgid", [gid, gid, gid], { field: "user.gid" }),
    step("setresuid", [uid, uid, uid], { why: "the user of the container", field: "user.uid" }),
    ...setCapabilities(uid === 0 ? kept : []),
    // A change of user takes this setting back (prctl(2)).
    ...(uid === 0 ? [] : [dieWithParent()]),
  ];
}

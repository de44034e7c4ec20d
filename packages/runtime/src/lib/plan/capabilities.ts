import {
  _LINUX_CAPABILITY_VERSION_3,
  flagGroups,
  layouts,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAPBSET_DROP,
} from "@x/syscall";
import { step, struct, type Step } from "@x/plan";

/** A capability by its name in capabilities(7). */
export type CapabilityName = `CAP_${string}`;

/** What root inside a container may do unless told otherwise: Docker's fourteen. */
export const DEFAULT_CAPABILITIES: readonly CapabilityName[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/** Drops every other capability from the bounding set, so that no program can give it back. */
export function boundCapabilities(kept: readonly CapabilityName[]): Step[] {
  return Object.entries(flagGroups.capability)
    .filter(([name]) => !kept.includes(name as CapabilityName))
    .map(([, number], i) =>
      step(
        "prctl",
        [PR_CAPBSET_DROP, number, 0, 0, 0],
        i === 0 ? { why: "what the container never needs, no program in it can gain" } : {},
      ),
    );
}

/**
 * Sets the permitted and effective sets; the inheritable and ambient sets end up empty, whoever the
 * user is and whatever we have inherited ourselves (CVE-2022-24769). Source: capabilities(7).
 */
export function setCapabilities(kept: readonly CapabilityName[]): Step[] {
  const bits = kept.reduce((sum, name) => sum | (1n << BigInt(flagGroups.capability[name]!)), 0n);
  const [low, high] = [bits & 0xffffffffn, bits >> 32n];
  return [
    step("prctl", [PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0]),
    step(
      "capset",
      [
        struct(layouts.cap_header, { version: _LINUX_CAPABILITY_VERSION_3, pid: 0 }),
        struct(layouts.cap_data, {
          effective0: low,
          permitted0: low,
          effective1: high,
          permitted1: high,
        }),
      ],
      { why: kept.length === 0 ? "and no capability" : `root inside may do ${kept.length} things` },
    ),
  ];
}

import {
  cloneFlags,
  ownIdMapSteps,
  writeIdMapSteps,
  type IdMapping,
  type NamespaceKind,
} from "@x/namespaces";
import { memory, result, step, type Step } from "@x/plan";
import { SandboxError } from "../error.ts";
import type { Facts } from "../facts.ts";
import type { Sandbox } from "../sandbox.ts";
import { dieWithParent, pid } from "./launcher.ts";

/** What a user namespace adds to a plan, and where. */
export interface UserNamespace {
  /** The namespaces that begin with the fork. */
  readonly forked: readonly NamespaceKind[];
  /** In the launcher, before the fork. */
  readonly before: readonly Step[];
  /** In the launcher, after it. */
  readonly parent: readonly Step[];
  /** In the container, first of all. */
  readonly child: readonly Step[];
  /** In the container, when the paths of the host have been opened. */
  readonly become: readonly Step[];
  readonly setgroups: boolean;
  readonly mapsGid: (gid: number) => boolean;
}

const DEFAULT_NAMESPACES: readonly NamespaceKind[] = [
  "mount",
  "pid",
  "uts",
  "ipc",
  "net",
  "cgroup",
];

/** The namespaces that a sandbox gets. */
export function namespacesOf(sandbox: Sandbox, facts: Facts): NamespaceKind[] {
  const { namespaces = DEFAULT_NAMESPACES, network = "none", uidMappings } = sandbox;
  const user = facts.uid !== 0 || uidMappings !== undefined;
  const all = user ? [...namespaces, "user" as const] : namespaces;
  return [...new Set(all)].filter((kind) => kind !== "net" || network === "none");
}

/** Three cases: none; our own id and no other; ranges of ids, which only root can map itself. */
export function userNamespace(sandbox: Sandbox, facts: Facts): UserNamespace {
  const { uid: containerUid = 0, gid: containerGid = 0 } = sandbox.user ?? {};
  const kinds = namespacesOf(sandbox, facts);
  if (!kinds.includes("user")) {
    return {
      forked: kinds,
      before: [],
      parent: [],
      child: [],
      become: [],
      setgroups: true,
      mapsGid: () => true,
    };
  }
  const { uidMappings, gidMappings } = sandbox;
  if (uidMappings === undefined) {
    const { uid, gid } = facts;
    return {
      forked: kinds.filter(begins),
      before: [],
      parent: [],
      child: [...ownIdMapSteps({ uid, gid, containerUid, containerGid }), ...unshare(kinds)],
      become: [],
      setgroups: false,
      mapsGid: (one) => one === containerGid,
    };
  }
  if (facts.uid !== 0) {
    const instead = "leave it out to be root inside as the user you are, or run as root";
    throw new SandboxError("uidMappings", `ranges of ids can be mapped by root alone; ${instead}`);
  }
  return mapped(kinds, uidMappings, gidMappings ?? uidMappings);
}

/**
 * A user namespace and its maps come first: what is made before them belongs to nobody inside. A
 * PID namespace has to come with the process that begins it.
 */
function begins(kind: NamespaceKind): boolean {
  return kind === "user" || kind === "pid";
}

function unshare(kinds: readonly NamespaceKind[]): Step[] {
  const others = kinds.filter((kind) => !begins(kind));
  const why = "the other namespaces, which belong to the user namespace";
  return others.length === 0
    ? []
    : [step("unshare", [cloneFlags(others)], { why, field: "namespaces" })];
}

function mapped(
  kinds: readonly NamespaceKind[],
  uidMappings: readonly IdMapping[],
  gidMappings: readonly IdMapping[],
): UserNamespace {
  const ready = result("maps ready");
  return {
    // Copies of the host's mounts can be made in a mount namespace of one's own alone.
    forked: kinds.filter((kind) => begins(kind) || kind === "mount"),
    before: [step("eventfd2", [0, 0], { as: ready.result })],
    parent: [
      ...writeIdMapSteps(pid, { uidMappings, gidMappings }),
      step("write", [ready, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), 8], {
        why: "the container may go on",
      }),
    ],
    child: [
      step("read", [ready, memory("maps ready", 8), 8], {
        expect: 8,
        why: "until its ids are mapped",
      }),
    ],
    become: [
      step("setgroups", [0, null]),
      step("setresgid", [0, 0, 0]),
      step("setresuid", [0, 0, 0], { why: "root of the user namespace" }),
      dieWithParent(),
      ...unshare(kinds.filter((kind) => kind !== "mount")),
    ],
    setgroups: true,
    mapsGid: (gid) =>
      gidMappings.some((one) => gid >= one.containerID && gid < one.containerID + one.size),
  };
}

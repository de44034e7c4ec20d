import { cgroupNamespace, into, join, type IntoGroup } from "@x/cgroups/steps";
import { cloneFlags, type NamespaceKind } from "@x/namespaces";
import type { Step } from "@x/plan";
import type { Facts } from "../facts.ts";

/** What a control group adds to a plan, and where. */
export interface Groups {
  /** In the launcher, before the fork. */
  readonly before: readonly Step[];
  /** The fields of the fork: its namespaces, and the group it is born in. */
  readonly fork: { readonly flags: number | bigint } & Partial<IntoGroup["fields"]>;
  /** In the container, before all else that takes memory or time. */
  readonly child: readonly Step[];
}

/**
 * The container is born in its group of v2 and joins those of v1 first of all; the launcher stays
 * outside of them. Its cgroup namespace, which would come with the fork otherwise, begins when it
 * is in its groups: they are its roots.
 */
export function groups({ cgroup }: Facts, forked: readonly NamespaceKind[]): Groups {
  if (cgroup === undefined) return { before: [], fork: { flags: cloneFlags(forked) }, child: [] };
  const field = { field: "resources" };
  const unified = cgroup.find(({ hierarchy }) => hierarchy.version === 2);
  const others = cgroup.filter(({ hierarchy }) => hierarchy.version === 1);
  const born = unified === undefined ? undefined : into(unified, field);
  const flags = cloneFlags(forked.filter((kind) => kind !== "cgroup"));
  return {
    before: born?.before ?? [],
    fork: born === undefined ? { flags } : { flags: BigInt(flags) | born.flags, ...born.fields },
    child: [...join(others, field), ...(forked.includes("cgroup") ? [cgroupNamespace()] : [])],
  };
}

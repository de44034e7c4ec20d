import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  layouts,
  MOUNT_ATTR_IDMAP,
  MOUNT_ATTR_RDONLY,
  MOVE_MOUNT_F_EMPTY_PATH,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
} from "@x/syscall";
import { result, step, struct, type Result, type Step, type Value } from "@x/plan";
import type { OverlayFacts, UnionStepsOptions } from "../union.ts";
import { stackOf, type Stack } from "../validate.ts";
import { mountByContext } from "./by-context.ts";
import { mountByData } from "./by-data.ts";
import { namesOf, type Names } from "./names.ts";
import { attachScratch, detachScratch, makeScratch, O_LAYER, scratchDirectory } from "./scratch.ts";

/**
 * The steps that stack directories with overlay: {@link unionSourceSteps} and then
 * {@link unionMountSteps}. They leave the union as a mount that is attached nowhere, its descriptor
 * under the name `as`; `move_mount` puts it in its place. A pure function.
 *
 * They run as root, or inside a user namespace (`facts.userNamespace`) with a mount namespace of
 * its own. Unless `facts.layers` is `descriptor` and `facts.detached`, they may attach a file
 * system for a moment, so the mount namespace should be private. `/proc` must be there.
 *
 * Throws UnionError `X_UNION_INVALID`. Source: fsopen(2), Documentation/filesystems/overlayfs.rst.
 */
export function unionSteps(union: UnionStepsOptions, facts: OverlayFacts): Step[] {
  return [...unionSourceSteps(union), ...unionMountSteps(union, facts)];
}

/**
 * The first half of {@link unionSteps}: opens the layers, while their paths can be reached, and
 * gives them the ids of `idmap`. That needs the rights of whom the layers belong to.
 */
export function unionSourceSteps(union: UnionStepsOptions): Step[] {
  const { lower, upper } = stackOf(union);
  const { idmap } = union;
  const names = namesOf(union.as ?? "union");
  const open = (path: string, field: string, as: Result, why?: string): Step =>
    step("openat", [AT_FDCWD, path, O_LAYER], { as: as.result, ...told(union, field, why) });
  return [
    ...lower.flatMap((path, i) => {
      const why = i === 0 ? "the layers, topmost first" : undefined;
      if (idmap === undefined) return [open(path, `lower[${i}]`, names.lower(i), why)];
      return idMapped(path, names.lower(i), idmap, told(union, `lower[${i}]`, why));
    }),
    ...(upper === undefined
      ? []
      : [
          open(upper.upper, "upper", names.upper, "what is written goes here"),
          open(upper.work, "work", names.work),
        ]),
  ];
}

/** The second half: with the rights, and the ids, that what is written is to belong to. */
export function unionMountSteps(union: UnionStepsOptions, facts: OverlayFacts): Step[] {
  const stack = stackOf(union);
  const names = namesOf(union.as ?? "union");
  const scratch = scratchWhy(stack, union, facts);
  const attached = scratch !== undefined && (facts.layers === "data" || !facts.detached);
  const writable = stack.upper !== undefined || stack.tmpfs !== undefined;
  const lower = stack.lower.map((_, i) => names.lower(i));
  const padded = writable || lower.length > 1 ? lower : [...lower, names.nothing];
  const layers: OverlayLayers = {
    lower: padded,
    writable,
    source: union.source ?? "overlay",
    attributes: (union.attributes ?? 0) | (writable ? 0 : MOUNT_ATTR_RDONLY),
    volatile: stack.upper !== undefined && union.volatile === true,
  };
  return [
    ...(scratch === undefined ? [] : makeScratch(names, stack.tmpfs?.sizeBytes, scratch)),
    ...(attached ? attachScratch(names, stack.lower[0]!) : []),
    ...(attached && union.idmap !== undefined
      ? lower.flatMap((one, i) => attach(names, one, i))
      : []),
    ...(stack.tmpfs === undefined
      ? []
      : [
          ...scratchDirectory(names, "upper", names.upper),
          ...scratchDirectory(names, "work", names.work),
        ]),
    ...(padded === lower ? [] : scratchDirectory(names, "nothing", names.nothing)),
    ...(facts.layers === "data"
      ? mountByData(names, layers, facts)
      : mountByContext(names, layers, facts, told(union, "lower"))),
    ...(attached ? [detachScratch(names)] : []),
    ...closeAll(names, stack, padded, scratch !== undefined),
  ];
}

/** What overlay is to stack. */
export interface OverlayLayers {
  readonly lower: readonly Result[];
  readonly writable: boolean;
  readonly source: string;
  readonly attributes: number;
  readonly volatile: boolean;
}

/** Why there must be a file system in memory, if there must. */
function scratchWhy(
  { lower, upper, tmpfs }: Stack,
  { idmap }: UnionStepsOptions,
  { layers, detached }: OverlayFacts,
): string | undefined {
  if (tmpfs !== undefined) return "what is written goes into memory";
  if (upper === undefined && lower.length === 1) return "nothing, below the only layer";
  if (layers === "data") return "a place for mount(2) to mount on";
  if (idmap !== undefined && !detached) return "a place for the layers with other ids";
  return undefined;
}

function idMapped(
  path: string,
  as: Result,
  userNamespace: Value,
  options: { readonly why?: string; readonly field?: string },
): Step[] {
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  const attributes = struct(layouts.mount_attr, {
    attr_set: MOUNT_ATTR_IDMAP,
    userns_fd: userNamespace as Result,
  });
  return [
    step("open_tree", [AT_FDCWD, path, flags], { as: as.result, ...options }),
    step("mount_setattr", [as, "", AT_EMPTY_PATH, attributes, layouts.mount_attr.bytes], {
      why: "with the ids of the user namespace",
      ...(options.field === undefined ? {} : { field: options.field }),
    }),
  ];
}

function attach(names: Names, layer: Result, i: number): Step[] {
  return [
    step("mkdirat", [names.scratch, `lower ${i}`, 0o755]),
    step("move_mount", [layer, "", names.scratch, `lower ${i}`, MOVE_MOUNT_F_EMPTY_PATH]),
  ];
}

function closeAll(names: Names, stack: Stack, lower: readonly Result[], scratch: boolean): Step[] {
  const writable = stack.upper !== undefined || stack.tmpfs !== undefined;
  return [
    ...lower,
    ...(writable ? [names.upper, names.work] : []),
    ...(scratch ? [names.scratch] : []),
  ].map((one) => step("close", [result(one.result)]));
}

function told(
  { field }: UnionStepsOptions,
  part: string,
  why?: string,
): { readonly why?: string; readonly field: string } {
  const place = field === undefined ? part : `${field}.${part}`;
  return { field: place, ...(why === undefined ? {} : { why }) };
}

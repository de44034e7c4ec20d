import {
  AT_FDCWD,
  CLONE_NEWNS,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  O_CLOEXEC,
  O_RDONLY,
} from "@x/syscall";
import { launch, PlanError, result, step, type Plan, type Result, type Step } from "@x/plan";
import { UnionError } from "../error.ts";
import { ownMounts } from "../overlay/own-namespaces.ts";
import { O_LAYER } from "../overlay/scratch.ts";

const home = result("home");
const target = result("target");

/**
 * The plan that puts a mount, made by steps, on a directory. With `aside` the steps run in a mount
 * namespace of their own, so that whatever they attach for the moment is seen by nobody, and gone
 * with them. A launcher that is killed leaves nothing, or the whole mount: the last step is the only
 * one that anybody sees. A pure function.
 */
export function attachPlan(
  place: string,
  mount: Result,
  steps: readonly Step[],
  { aside }: { readonly aside: boolean },
): Plan {
  const flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return [
    step("openat", [AT_FDCWD, place, O_LAYER], { as: target.result, field: "target" }),
    ...(aside
      ? [
          step("openat", [AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC], {
            as: home.result,
          }),
          ...ownMounts(),
        ]
      : []),
    ...steps,
    ...(aside ? [step("setns", [home, CLONE_NEWNS], { why: "back among the mounts of all" })] : []),
    step("move_mount", [mount, "", target, "", flags], {
      why: "the union is in its place",
      field: "target",
    }),
  ];
}

/**
 * Carries out such a plan, to its end: nobody could tell what one has left that was cut short.
 * Rejects with UnionError `X_UNION_MOUNT` or `X_UNION_UNSUPPORTED`.
 */
export async function attach(plan: Plan): Promise<void> {
  try {
    await using launched = await launch(plan, { stdio: "ignore" });
    await launched.exited;
  } catch (error) {
    if (error instanceof PlanError) throw refused(error);
    throw error;
  }
}

function refused(error: PlanError): UnionError {
  const { code, field, hint } = error;
  const said = field === undefined ? error.message : error.message.replace(`${field}: `, "");
  const also = isRefusal(error) ? NO_SUCH_UPPER : undefined;
  return new UnionError(
    code === "EPERM" ? "X_UNION_UNSUPPORTED" : "X_UNION_MOUNT",
    `the union cannot be mounted: ${said.replace(`. ${hint}`, "")}`,
    {
      cause: error,
      ...(field === undefined ? {} : { field }),
      ...(also === undefined && hint === undefined ? {} : { hint: also ?? hint! }),
    },
  );
}

/** Whether the kernel was asked to stack these layers, and would not. */
export function isRefusal({ code, syscall }: PlanError): boolean {
  return code === "EINVAL" && (syscall === "fsconfig" || syscall === "mount");
}

const NO_SUCH_UPPER =
  "An upper directory must be on a file system with extended attributes (ext4, xfs, btrfs, tmpfs), " +
  "not on another overlay or NFS; in a user namespace, nothing may be mounted below a layer. " +
  "dmesg may tell more; the driver copy works in any case";

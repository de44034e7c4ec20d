import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AT_FDCWD,
  Descriptor,
  layouts,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  pack,
  syscall,
  SyscallError,
} from "@x/syscall";
import { launch, PlanError, type Launched } from "@x/plan";
import { UnionError } from "../error.ts";
import { daemonOf, ready } from "../fuse/daemon.ts";
import { findProgram } from "../fuse/find-program.ts";
import { fuseDirectories, fusePlan } from "../fuse/fuse-plan.ts";
import { openMounts } from "../mounts/watch.ts";
import { O_LAYER } from "../overlay/scratch.ts";
import { stackOf } from "../validate.ts";
import type { Driver, Mounted, UnionRequest } from "./driver.ts";

const PROGRAM = "fuse-overlayfs";

/** The type of its mounts. */
export const FUSE_TYPE = "fuse.fuse-overlayfs";

/** A program that stacks layers, for ordinary users on kernels whose overlay is root's alone. */
export const fuseOverlayfs: Driver = {
  name: "fuse-overlayfs",
  praise: "a program stacks the layers, for this user too",
  refusal: () => (tried ??= attempt()),
  mount: mountFuse,
};

let tried: Promise<string | undefined> | undefined;

async function attempt(): Promise<string | undefined> {
  if (findProgram(PROGRAM) === undefined) return "the program fuse-overlayfs is not installed";
  const folder = mkdtempSync(join(tmpdir(), "x-union-"));
  const [lower, target] = [join(folder, "lower"), join(folder, "target")];
  try {
    mkdirSync(lower);
    mkdirSync(target);
    const nothing = { attributes: 0, idmap: undefined, signal: undefined };
    const mounted = await mountFuse({ lower: [lower], target, ...nothing });
    await mounted.unmount({ lazy: true });
    return undefined;
  } catch (error) {
    if (error instanceof UnionError) return error.message;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function mountFuse(request: UnionRequest): Promise<Mounted> {
  if (request.idmap !== undefined) {
    refuse("fuse-overlayfs is given no other ids by this package", "idmap");
  }
  const program = findProgram(PROGRAM);
  if (program === undefined) refuse("the program fuse-overlayfs is not installed", "driver");
  checkAttributes(request.attributes);
  const { signal, volatile = false } = request;
  const stack = stackOf(request);
  const target = realTarget(request.target);
  const plan = fusePlan({ program, target, stack, volatile });
  using mounts = openMounts();
  const before = mounts.read().filter(isAt(target)).length;
  const layers = openLayers(fuseDirectories(stack));
  let launched: Launched;
  try {
    const options = { stdio: ["ignore", "ignore", "pipe"], detached: true } as const;
    launched = await launch(plan, {
      ...options,
      descriptors: layers,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof PlanError) {
      throw new UnionError("X_UNION_MOUNT", error.message, { cause: error });
    }
    throw error;
  } finally {
    layers.forEach((one) => one.close());
  }
  const daemon = daemonOf(launched, target);
  try {
    await ready(daemon, mounts, () => mounts.read().filter(isAt(target)).length > before, signal);
    const readonly = stack.upper === undefined && stack.tmpfs === undefined;
    setAttributes(target, request.attributes | (readonly ? MOUNT_ATTR_RDONLY : 0));
  } catch (error) {
    await daemon.end({ lazy: true });
    throw error;
  }
  return { upper: stack.upper?.upper, notices: [], unmount: daemon.end };
}

/** An ordinary user's mount has the first two anyway. */
const GIVEN = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

function checkAttributes(attributes: number): void {
  if (process.geteuid?.() === 0 || (attributes & ~GIVEN) === 0) return;
  refuse("an ordinary user gives a mount no attributes but nosuid and nodev", "attributes");
}

function setAttributes(target: string, attributes: number): void {
  if (attributes === 0 || process.geteuid?.() !== 0) return;
  const { mount_attr: layout } = layouts;
  syscall(
    "mount_setattr",
    AT_FDCWD,
    target,
    0,
    pack(layout, { attr_set: attributes }),
    layout.bytes,
  );
}

function isAt(target: string): (mount: { place: string; type: string }) => boolean {
  return ({ place, type }) => place === target && type === FUSE_TYPE;
}

function realTarget(target: string): string {
  try {
    return realpathSync(target);
  } catch (error) {
    throw new UnionError("X_UNION_MOUNT", (error as Error).message, {
      field: "target",
      cause: error,
    });
  }
}

function openLayers(paths: readonly string[]): Descriptor[] {
  const opened: Descriptor[] = [];
  try {
    for (const path of paths) {
      opened.push(new Descriptor(syscall("openat", AT_FDCWD, path, O_LAYER)));
    }
    return opened;
  } catch (error) {
    opened.forEach((one) => one.close());
    if (!(error instanceof SyscallError)) throw error;
    throw new UnionError("X_UNION_MOUNT", `a layer cannot be opened: ${error.message}`, {
      cause: error,
    });
  }
}

function refuse(message: string, field: string): never {
  const hint = "The drivers overlay and copy do without";
  throw new UnionError("X_UNION_UNSUPPORTED", message, { field, hint });
}

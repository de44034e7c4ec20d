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
import { launch, PlanError, type Plan } from "@x/plan";
import { copyMount, memoryFor } from "../copy/mounts.ts";
import { UnionError } from "../error.ts";
import { daemonOf, ready, type Daemon } from "../fuse/daemon.ts";
import { findProgram } from "../fuse/find-program.ts";
import { fuseDirectories, fusePlan } from "../fuse/fuse-plan.ts";
import { attach, attachPlan } from "../mounts/attach.ts";
import { ownerOfThis } from "../mounts/owner.ts";
import { unmount } from "../mounts/unmount.ts";
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
  const { tmpfs } = request;
  check(request);
  const target = realTarget(request.target);
  if (tmpfs === undefined) {
    const { lower, upper } = stackOf(request);
    return { ...(await serve(request, { target, lower, upper })), upper: upper?.upper };
  }
  // The program finds its upper directory by path, so the memory is mounted where it will be covered.
  const memory = memoryFor(tmpfs, { source: ownerOfThis(), attributes: 0 });
  await attach(attachPlan(target, copyMount, memory, { aside: false }));
  try {
    const upper = { upper: join(target, "upper"), work: join(target, "work") };
    Object.values(upper).forEach((path) => mkdirSync(path));
    const served = await serve(request, { target, lower: request.lower, upper });
    const end: Mounted["unmount"] = async (options) => {
      await served.unmount(options);
      unmount(target, { lazy: true });
    };
    return { ...served, unmount: end };
  } catch (error) {
    unmount(target, { lazy: true });
    throw error;
  }
}

interface Served {
  readonly target: string;
  readonly lower: readonly string[];
  readonly upper: { readonly upper: string; readonly work: string } | undefined;
}

/** Starts the program and waits until its mount is there. */
async function serve(request: UnionRequest, { target, ...stack }: Served): Promise<Mounted> {
  const { volatile = false, signal } = request;
  const program = findProgram(PROGRAM)!;
  using mounts = openMounts();
  const before = mounts.read().filter(isAt(target)).length;
  const daemon = await start(fusePlan({ program, target, stack, volatile }), stack, target);
  try {
    await ready(daemon, mounts, () => mounts.read().filter(isAt(target)).length > before, signal);
    setAttributes(target, request.attributes | (stack.upper === undefined ? MOUNT_ATTR_RDONLY : 0));
  } catch (error) {
    await daemon.end({ lazy: true });
    throw error;
  }
  return { upper: undefined, notices: [], unmount: daemon.end };
}

async function start(
  plan: Plan,
  stack: Pick<Served, "lower" | "upper">,
  target: string,
): Promise<Daemon> {
  const descriptors = openLayers(fuseDirectories(stack));
  try {
    const stdio = ["ignore", "ignore", "pipe"] as const;
    return daemonOf(await launch(plan, { stdio, detached: true, descriptors }), target);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw new UnionError("X_UNION_MOUNT", error.message, { cause: error });
  } finally {
    descriptors.forEach((one) => one.close());
  }
}

function check({ idmap, attributes, upper, work, target, tmpfs }: UnionRequest): void {
  if (findProgram(PROGRAM) === undefined) refuse("fuse-overlayfs is not installed", "driver");
  if (idmap !== undefined) refuse("fuse-overlayfs is given no other ids by this package", "idmap");
  const places = { upper, work, target: tmpfs === undefined ? undefined : target };
  for (const [field, path] of Object.entries(places)) {
    if (path?.includes(":") === true) refuse("fuse-overlayfs takes no colon in this path", field);
  }
  checkAttributes(attributes);
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

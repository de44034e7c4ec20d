import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { launch, PlanError, step, type Plan } from "@x/plan";
import { UnionError } from "../error.ts";
import type { OverlayFacts } from "../union.ts";
import { ownMounts, ownUserNamespace } from "./own-namespaces.ts";
import { unionSteps } from "./union-steps.ts";

/** The ways of kernels to take layers, the best first. */
const WAYS: readonly Pick<OverlayFacts, "layers" | "detached">[] = [
  { layers: "descriptor", detached: true },
  { layers: "descriptor", detached: false },
  { layers: "path", detached: false },
  { layers: "data", detached: false },
];

const learned = new Map<string, Promise<OverlayFacts>>();

/**
 * What {@link unionSteps} must know of this machine: learned by mounting a union in namespaces that
 * nobody sees, once in the life of this process. `userNamespace` says where the union is to be
 * mounted; unless given, inside one when this process is not root of the machine.
 *
 * Rejects with UnionError `X_UNION_UNSUPPORTED` where the kernel mounts no overlay.
 */
export function overlayFacts(
  options: { readonly userNamespace?: boolean } = {},
): Promise<OverlayFacts> {
  const { userNamespace = !isRootOfMachine() } = options;
  const enters = process.geteuid?.() !== 0 || (userNamespace && !inUserNamespace());
  return once({ userNamespace, enters });
}

/** The same for a union that this process is to mount where it is. */
export function overlayFactsHere(): Promise<OverlayFacts> {
  return once({ userNamespace: inUserNamespace(), enters: false });
}

/** Root, and in the user namespace that the machine began with. Source: user_namespaces(7). */
export function isRootOfMachine(): boolean {
  return process.geteuid?.() === 0 && !inUserNamespace();
}

/** Whether this process is in another user namespace than the machine began with. */
function inUserNamespace(): boolean {
  return readFileSync("/proc/self/uid_map", "latin1").trim().split(/\s+/).join(" ") !== WHOLE;
}

const WHOLE = "0 0 4294967295";

interface Where {
  readonly userNamespace: boolean;
  /** In a user namespace that is yet to be made. */
  readonly enters: boolean;
}

function once(where: Where): Promise<OverlayFacts> {
  const key = JSON.stringify(where);
  let facts = learned.get(key);
  if (facts === undefined) {
    facts = learn(where);
    learned.set(key, facts);
    // What is no answer about the kernel is asked again the next time.
    facts.catch((error) => error instanceof UnionError || learned.delete(key));
  }
  return facts;
}

async function learn({ userNamespace, enters }: Where): Promise<OverlayFacts> {
  let trouble: PlanError | undefined;
  for (const way of WAYS) {
    const facts = { ...way, userNamespace };
    trouble = await troubleWith(attempt(facts, enters));
    if (trouble === undefined) return facts;
  }
  throw new UnionError(
    "X_UNION_UNSUPPORTED",
    `no overlay can be mounted here: ${trouble?.message}`,
    {
      hint: "The drivers fuse-overlayfs and copy do without",
      cause: trouble,
    },
  );
}

/**
 * What is wrong with a plan. Not within the loop above: esbuild, which makes `await using` something
 * that Node 20 knows, would throw the error of an earlier round again.
 */
async function troubleWith(plan: Plan): Promise<PlanError | undefined> {
  try {
    await using launched = await launch(plan, { stdio: "ignore" });
    await launched.exited;
    return undefined;
  } catch (error) {
    if (error instanceof PlanError) return error;
    throw error;
  }
}

function attempt(facts: OverlayFacts, enters: boolean): Plan {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  /** Some directory that is there: one with mounts of the host below could be no layer here. */
  const covered = dirname(process.execPath);
  return [
    ...(enters ? ownUserNamespace({ uid, gid }) : []),
    ...ownMounts(),
    step("mount", ["tmpfs", covered, "tmpfs", 0, null], { why: "a layer to try it with" }),
    ...unionSteps({ lower: [covered], tmpfs: { sizeBytes: 1 << 20 } }, facts),
  ];
}

import {
  AT_FDCWD,
  KEYCTL_JOIN_SESSION_KEYRING,
  MS_PRIVATE,
  layouts,
  AT_RECURSIVE,
} from "@x/syscall";
import { afterChannel, exec, fork, step, struct, type Plan, type Step } from "@x/plan";
import type { Facts } from "../facts.ts";
import { DEFAULT_HOSTNAME, DEFAULT_PATH, type Sandbox } from "../sandbox.ts";
import { binds, bindSources } from "./binds.ts";
import { dev, devSources, type DevOptions } from "./dev.ts";
import { givenDevices, givenDeviceSources } from "./devices.ts";
import { groups } from "./groups.ts";
import { identity } from "./identity.ts";
import { afterFork, beforeFork, pid, supervise, underInit } from "./launcher.ts";
import { loopback } from "./loopback.ts";
import { proc, sys, sysSource } from "./proc.ts";
import { mask } from "./mask.ts";
import { root } from "./inside.ts";
import { makeRoot, pivot, rootSources } from "./root.ts";
import { userNamespace, namespacesOf } from "./user-namespace.ts";

/** What becomes of a plan. */
export interface PlanOptions {
  /** It becomes an executable of its own, which does not end with whoever started it. */
  readonly standalone?: boolean;
}

/**
 * The list of system calls that is this container. A pure function: the same description and facts
 * give the same plan. Expects a valid description; throws `SandboxError` for what does not go with
 * the facts.
 */
export function plan(
  sandbox: Sandbox,
  facts: Facts,
  { standalone = false }: PlanOptions = {},
): Plan {
  const user = userNamespace(sandbox, facts);
  const group = groups(facts, user.forked);
  return [
    ...beforeFork({ standalone }),
    ...user.before,
    ...group.before,
    fork(group.fork, container(sandbox, facts), {
      as: pid.result,
      why: "a process with namespaces of its own: the container",
    }),
    ...user.parent,
    ...supervise(),
  ];
}

function container(sandbox: Sandbox, facts: Facts): Step[] {
  const kinds = namespacesOf(sandbox, facts);
  const user = userNamespace(sandbox, facts);
  const inUserNamespace = kinds.includes("user");
  const ownNetwork = kinds.includes("net");
  const makesSys = ownNetwork || !inUserNamespace;
  const devices: DevOptions = {
    mknod: !inUserNamespace,
    queues: kinds.includes("ipc"),
    ttyGroup: user.mapsGid(5),
  };
  const command = [workingDirectory(sandbox), start(sandbox)];
  return [
    ...afterFork(),
    ...groups(facts, user.forked).child,
    ...user.child,
    step("setsid", [], { tolerate: ["EPERM"], why: "no terminal of the host to type into" }),
    privateMounts(),
    ...rootSources(sandbox, facts),
    ...devSources(devices),
    ...givenDeviceSources(sandbox, devices.mknod),
    ...(makesSys ? [] : [sysSource()]),
    ...bindSources(sandbox),
    ...user.become,
    step("umask", [0]),
    ...makeRoot(sandbox, facts),
    ...dev(root, devices),
    ...givenDevices(sandbox, facts, devices.mknod),
    ...proc(root),
    ...sys(root, makesSys),
    ...binds(sandbox, facts),
    ...mask(facts),
    ...pivot(),
    ...(kinds.includes("uts") ? [hostname(sandbox)] : []),
    ...(ownNetwork ? loopback() : []),
    step("keyctl", [KEYCTL_JOIN_SESSION_KEYRING, null], {
      tolerate: ["ENOSYS", "EPERM", "EDQUOT"],
      why: "no keys of the host",
    }),
    closeAll(),
    step("umask", [0o022]),
    ...identity(sandbox, { setgroups: user.setgroups }),
    ...(sandbox.init ? underInit(command) : command),
  ];
}

function privateMounts(): Step {
  const attributes = struct(layouts.mount_attr, { propagation: MS_PRIVATE });
  return step(
    "mount_setattr",
    [AT_FDCWD, "/", AT_RECURSIVE, attributes, layouts.mount_attr.bytes],
    { why: "no mount made here reaches the host" },
  );
}

function hostname({ hostname: name = DEFAULT_HOSTNAME }: Sandbox): Step {
  return step("sethostname", [name, Buffer.byteLength(name)], { why: "a name of its own" });
}

/**
 * Nothing of the host stays open: before the working directory is entered, since that may be a
 * path like `/proc/self/fd/7` (CVE-2024-21626).
 */
function closeAll(): Step {
  return step("close_range", [afterChannel(3), 0xffffffff, 0], {
    why: "nothing of the host stays open",
  });
}

function workingDirectory({ cwd = "/" }: Sandbox): Step {
  return step("chdir", [cwd], { why: "where the command starts", field: "cwd" });
}

function start(sandbox: Sandbox): Step {
  const env = environment(sandbox);
  const [command = ""] = sandbox.args;
  return exec(candidates(command, env), sandbox.args, env, {
    why: "and the command takes over",
    field: "args",
  });
}

/** `NAME=value` for every name, the last entry of a name winning. */
function environment({ env = [], user, hostname: name = DEFAULT_HOSTNAME }: Sandbox): string[] {
  const home = (user?.uid ?? 0) === 0 ? "/root" : "/home";
  const entries = [`PATH=${DEFAULT_PATH}`, `HOME=${home}`, `HOSTNAME=${name}`, ...env];
  return [...new Map(entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry])).values()];
}

/** Where a command may be: itself if it names a path, else in each directory of the inner PATH. */
function candidates(command: string, env: readonly string[]): string[] {
  if (command.includes("/")) return [command];
  const path = env.find((entry) => entry.startsWith("PATH="))?.slice("PATH=".length) ?? "";
  const folders = path.split(":").filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => `${folder.replace(/\/+$/, "")}/${command}`);
}

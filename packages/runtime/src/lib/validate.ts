import { flagGroups } from "@x/syscall";
import { namespaceKinds, NamespaceError, validateIdMappings } from "@x/namespaces";
import { checkBounds, checkString, fail, pathInside, quote } from "./check.ts";
import { checkDevices } from "./check-devices.ts";
import type { Mount, Sandbox, UnionRoot, User } from "./sandbox.ts";

/** The kernel's limits: execve(2) for all strings together, sethostname(2) for a name. */
const MAX_TOTAL_BYTES = 6 * 1024 * 1024;
const MAX_HOSTNAME_BYTES = 64;
const MAX_ID = 0xfffffffe;
/** Pointers to arguments count as well. */
const POINTER_BYTES = 8;

/**
 * Refuses a description that makes no sense with a `SandboxError` that names the field. Looks at
 * nothing but the description itself.
 */
export function validate(sandbox: Sandbox): void {
  const { args, env = [], cwd = "/", hostname, mounts = [], user } = sandbox;
  checkRoot(sandbox);
  if (args.length === 0 || args[0] === "") fail("args", "there is no command");
  args.forEach((arg, i) => checkString(arg, `args[${i}]`));
  env.forEach((entry, i) => {
    checkString(entry, `env[${i}]`);
    if (entry.indexOf("=") < 1) fail(`env[${i}]`, `${quote(entry)} is not of the form NAME=value`);
  });
  checkTotal([...args, ...env]);
  checkAbsolute(cwd, "cwd");
  if (hostname !== undefined) checkHostname(hostname);
  if (user !== undefined) checkUser(user);
  mounts.forEach((mount, i) => checkMount(mount, `mounts[${i}]`));
  checkNamespaces(sandbox);
  checkDevices(sandbox);
  sandbox.capabilities?.forEach((name, i) => {
    if (!Object.hasOwn(flagGroups.capability, name)) {
      fail(`capabilities[${i}]`, `no capability is named ${quote(name)} (see capabilities(7))`);
    }
  });
}

function checkRoot({ root, uidMappings }: Sandbox): void {
  if (root === "host") return;
  if (typeof root === "object" && "dir" in root && typeof root.dir === "string") {
    checkString(root.dir, "root");
    if (root.dir === "") fail("root", "the path is empty");
    root.directories?.forEach((path, i) => pathInside(path, `root.directories[${i}]`));
  } else if (typeof root === "object" && "lower" in root) {
    checkUnion(root);
    if (uidMappings !== undefined) {
      fail(
        "uidMappings",
        "a root that is a union has its files' own ids, and cannot be mapped yet",
      );
    }
  } else fail("root", 'neither "host" nor a directory nor a union of directories');
}

function checkUnion({ lower, upper, work, sizeBytes, directories = [] }: UnionRoot): void {
  if (!Array.isArray(lower) || lower.length === 0) fail("root.lower", "there is no directory");
  lower.forEach((path, i) => checkAbsolute(path, `root.lower[${i}]`));
  if ((upper === undefined) !== (work === undefined)) {
    fail(upper === undefined ? "root.upper" : "root.work", "upper and work go together");
  }
  if (upper !== undefined) checkAbsolute(upper, "root.upper");
  if (work !== undefined) checkAbsolute(work, "root.work");
  checkBounds(sizeBytes, 1, Number.MAX_SAFE_INTEGER, "root.sizeBytes");
  directories.forEach((path, i) => pathInside(path, `root.directories[${i}]`));
}

function checkAbsolute(path: string, field: string): void {
  checkString(path, field);
  if (!path.startsWith("/")) fail(field, `${quote(path)} is not an absolute path`);
}

function checkNamespaces({ namespaces, uidMappings, gidMappings }: Sandbox): void {
  namespaces?.forEach((kind, i) => {
    if (!Object.hasOwn(namespaceKinds, kind)) {
      const known = Object.keys(namespaceKinds).join(", ");
      fail(`namespaces[${i}]`, `no namespace is named ${quote(kind)}; there are ${known}`);
    }
  });
  for (const needed of ["mount", "pid"] as const) {
    if (namespaces !== undefined && !namespaces.includes(needed)) {
      fail("namespaces", `a container needs a ${needed} namespace of its own`);
    }
  }
  if (gidMappings !== undefined && uidMappings === undefined) {
    fail("gidMappings", "a map of groups needs a map of users beside it (uidMappings)");
  }
  try {
    if (uidMappings !== undefined) validateIdMappings(uidMappings, "uidMappings");
    if (gidMappings !== undefined) validateIdMappings(gidMappings, "gidMappings");
  } catch (error) {
    if (!(error instanceof NamespaceError)) throw error;
    const { field = "uidMappings", message } = error;
    fail(field, message.replace(`${field}: `, "")); // it names the field, as ours will
  }
}

function checkHostname(hostname: string): void {
  checkString(hostname, "hostname");
  if (hostname === "" || Buffer.byteLength(hostname) > MAX_HOSTNAME_BYTES) {
    fail("hostname", `a host name has 1 to ${MAX_HOSTNAME_BYTES} bytes`);
  }
}

function checkUser({ uid, gid, additionalGids = [] }: User): void {
  checkId(uid, "user.uid");
  checkId(gid, "user.gid");
  additionalGids.forEach((one, i) => checkId(one, `user.additionalGids[${i}]`));
}

function checkId(id: number, field: string): void {
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) {
    fail(field, `${id} is no id; they go from 0 to ${MAX_ID}`);
  }
}

function checkMount(mount: Mount, field: string): void {
  const { destination } = mount;
  const parts = pathInside(destination, `${field}.destination`);
  if (parts.length === 0) fail(`${field}.destination`, "the root itself is given by root");
  // A file system of the caller in their place would defeat masks and labels (CVE-2019-19921).
  if (parts[0] === "proc" || parts[0] === "sys") {
    fail(`${field}.destination`, `nothing may be mounted in /${parts[0]}`);
  }
  if (mount.type === "bind") {
    checkAbsolute(mount.source, `${field}.source`);
  } else if (mount.type === "tmpfs") {
    checkBounds(mount.sizeBytes, 1, Number.MAX_SAFE_INTEGER, `${field}.sizeBytes`);
    checkBounds(mount.mode, 0, 0o7777, `${field}.mode`);
  } else fail(`${field}.type`, "neither bind nor tmpfs");
}

function checkTotal(all: readonly string[]): void {
  const total = all.reduce((sum, one) => sum + Buffer.byteLength(one) + 1 + POINTER_BYTES, 0);
  if (total > MAX_TOTAL_BYTES) {
    fail("args", `with env they take ${total} bytes, the kernel takes ${MAX_TOTAL_BYTES} (E2BIG)`);
  }
}

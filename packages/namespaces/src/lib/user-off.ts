import { PlanError } from "@x/plan";
import { readFileSync } from "node:fs";
import { NamespaceError } from "./error.ts";

/** A setting by which an administrator keeps user namespaces from people, and how it shows. */
interface Switch {
  readonly sysctl: string;
  readonly off: string;
  /** What the kernel says then. */
  readonly codes: readonly string[];
  /** Whether it holds for the privileged, too. */
  readonly forAll: boolean;
  readonly remedy: string;
}

const switches: readonly Switch[] = [
  {
    sysctl: "user.max_user_namespaces",
    off: "0",
    codes: ["ENOSPC"],
    forAll: true,
    remedy: "sysctl -w user.max_user_namespaces=10000",
  },
  {
    // Debian's and Arch's own; mainline kernels have no such file.
    sysctl: "kernel.unprivileged_userns_clone",
    off: "0",
    codes: ["EPERM"],
    forAll: false,
    remedy: "sysctl -w kernel.unprivileged_userns_clone=1",
  },
  {
    // Ubuntu 23.10 and later: the namespace is made, and then has no capabilities.
    sysctl: "kernel.apparmor_restrict_unprivileged_userns",
    off: "1",
    codes: ["EPERM", "EACCES"],
    forAll: false,
    remedy: "an AppArmor profile with `userns,` for this program",
  },
];

/** The command's own trouble is not the namespace's. */
const unrelated: readonly (string | undefined)[] = ["cwd", "command[0]", undefined];

/**
 * What to say when a plan with a new user namespace has failed: where the machine is set up to
 * refuse one, a `NamespaceError` (`X_NAMESPACE_USER_OFF`) that names the setting, else the same
 * error. Looked up after the fact: a setting says what is meant, and only the kernel what is.
 */
export function clearer(
  error: unknown,
  privileged: boolean,
  readSysctl: (name: string) => string = read,
): unknown {
  if (!(error instanceof PlanError) || unrelated.includes(error.field)) return error;
  const why = switches.find(
    ({ codes, sysctl, off, forAll }) =>
      codes.includes(error.code) && (forAll || !privileged) && readSysctl(sysctl) === off,
  );
  if (why === undefined) return error;
  const message = `no user namespace can be made here, since ${why.sysctl} is ${why.off}`;
  return new NamespaceError("X_NAMESPACE_USER_OFF", message, {
    hint: `As root: ${why.remedy}`,
    cause: error,
  });
}

/** The value of a sysctl; empty where this kernel has none of that name. */
function read(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "latin1").trim();
  } catch {
    return "";
  }
}

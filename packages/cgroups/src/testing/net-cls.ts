import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The v1 hierarchy of net_cls and net_prio, mounted where nobody looks for it. */
export interface NetClsMount extends Disposable {
  readonly path: string;
}

/** Mounts net_cls and net_prio of v1 together, at a path with a space in it. */
export function mountNetCls(): NetClsMount {
  const path = mkdtempSync(join(tmpdir(), "net cls-"));
  try {
    execFileSync("mount", ["-t", "cgroup", "-o", "net_cls,net_prio", "none", path]);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return {
    path,
    [Symbol.dispose]() {
      execFileSync("umount", [path]);
      rmdirSync(path);
    },
  };
}

/** Why a command of iproute2 or nftables cannot do something in a network namespace of its own. */
export function whyNotInNamespace(script: string): string | undefined {
  try {
    execFileSync("unshare", ["--net", "sh", "-ec", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    return stderr?.toString().trim().split("\n").at(-1) ?? message;
  }
}

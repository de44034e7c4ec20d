import { CLONE_NEWCGROUP } from "@x/syscall";
import { step, type Step } from "@x/plan";

/**
 * From here on the groups that the process is in are the roots of all it can see. That is why it
 * comes after they are joined: a namespace made along with the process would begin at its parent's
 * groups. Needs CAP_SYS_ADMIN in the process's user namespace. Source: cgroup_namespaces(7).
 */
export function cgroupNamespace(): Step {
  return step("unshare", [CLONE_NEWCGROUP], {
    why: "its own groups are the roots of the groups it sees",
  });
}

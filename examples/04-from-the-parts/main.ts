// A container put together from the packages alone, with its list beside it.
//
// Nothing here knows what a container is: @x/syscall knows the numbers, @x/plan the list, and
// @x/namespaces how a user namespace gets its ids. The list is the container: it has this machine's
// programs, and no other file, process, user or network of it. What else it takes to hold somebody
// who wants out is in the list of @x/runtime: `npx x explain host -- sh`.
import { cloneFlags, identity, ownIdMapSteps } from "@x/namespaces";
import { exec, exitAs, explain, fork, launch, result, step, struct, type Step } from "@x/plan";
import * as k from "@x/syscall";

const [usr, pid] = [result("usr"), result("pid")];
const attr = k.layouts.mount_attr;
const readOnly = struct(attr, { attr_set: k.MOUNT_ATTR_RDONLY });
const flags = cloneFlags(["user", "mount", "pid", "uts", "ipc", "net"]);
const cloned = k.OPEN_TREE_CLONE | k.OPEN_TREE_CLOEXEC | k.AT_RECURSIVE;
const script = 'echo "process $$ of $(uname -n), user $(id -u), in / there are: $(ls -m /)"';

// 1. What the container does before it is the command.
const container: Step[] = [
  ...ownIdMapSteps(identity()),
  step("mount", ["none", "/", null, k.MS_REC | k.MS_PRIVATE, null], { why: "no mount gets out" }),
  step("mount", ["root", "/tmp", "tmpfs", k.MS_NOSUID, "mode=755"], { why: "a root of memory" }),
  step("open_tree", [k.AT_FDCWD, "/usr", cloned], { as: "usr", why: "a copy, not yet to be seen" }),
  step("mount_setattr", [usr, "", k.AT_EMPTY_PATH | k.AT_RECURSIVE, readOnly, attr.bytes]),
  step("chdir", ["/tmp"]),
  ...["usr", "proc"].map((name) => step("mkdirat", [k.AT_FDCWD, name, 0o755])),
  ...["bin", "lib", "lib64"].map((to) => step("symlinkat", [`usr/${to}`, k.AT_FDCWD, to])),
  step("move_mount", [usr, "", k.AT_FDCWD, "usr", k.MOVE_MOUNT_F_EMPTY_PATH], { why: "programs" }),
  step("mount", ["proc", "proc", "proc", 0, null], { why: "the container's own processes" }),
  step("pivot_root", [".", "."], { why: "the root of memory becomes /" }),
  step("umount2", [".", k.MNT_DETACH], { why: "and the machine's is gone" }),
  step("sethostname", ["box", 3]),
  exec(["/bin/sh"], ["sh", "-c", script], ["PATH=/bin"]),
];

// 2. Around it: a process with namespaces, and one that waits. Then the list, and what it does.
const plan = [fork({ flags }, container, { as: "pid" }), exitAs(pid, { why: "and exits alike" })];
console.log(explain(plan));
const { exited } = await launch(plan, { stdio: "inherit" });
process.exitCode = (await exited).code ?? 1;

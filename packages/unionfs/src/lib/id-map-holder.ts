import {
  AT_FDCWD,
  CLONE_NEWUSER,
  O_CLOEXEC,
  O_RDONLY,
  O_WRONLY,
  PR_SET_PDEATHSIG,
  signalNumber,
} from "@x/syscall";
import { fork, result, step, text, type Result, type Step } from "@x/plan";
import { idMapText, type IdMap } from "./id-map.ts";

const holder = result("holder");

/** The descriptor of the user namespace that {@link holdIdMap} makes. */
export const heldNamespace: Result = result("ids");

/** A process that does nothing but have a user namespace with these ids, and its descriptor. */
export function holdIdMap(idmap: IdMap): Step[] {
  return [
    fork({ flags: CLONE_NEWUSER }, pause(), { as: holder.result, why: "it has the ids" }),
    ...write("uid_map", idMapText(idmap.uidMappings)),
    ...write("gid_map", idMapText(idmap.gidMappings)),
    step("openat", [AT_FDCWD, text("/proc/", holder, "/ns/user"), O_RDONLY | O_CLOEXEC], {
      as: heldNamespace.result,
    }),
    step("kill", [holder, signalNumber("SIGKILL")], { why: "the descriptor is enough" }),
    step("wait4", [holder, null, 0, null]),
  ];
}

function pause(): Step[] {
  return [
    step("prctl", [PR_SET_PDEATHSIG, signalNumber("SIGKILL")], {
      why: "it ends with the launcher",
    }),
    step("ppoll", [null, 0, null, null, 8]),
    step("exit_group", [0]),
  ];
}

function write(file: string, content: string): Step[] {
  const opened = result(`holder ${file}`);
  const path = text("/proc/", holder, `/${file}`);
  return [
    step("openat", [AT_FDCWD, path, O_WRONLY | O_CLOEXEC], { as: opened.result }),
    step("write", [opened, content, content.length], {
      expect: content.length,
      field: file === "uid_map" ? "idmap.uidMappings" : "idmap.gidMappings",
    }),
    step("close", [opened]),
  ];
}

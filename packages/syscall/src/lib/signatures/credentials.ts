import { fd, gid, int, path, pointer, size, string, uid, uint } from "../parameter.ts";
import type { Signatures } from "../parameter.ts";

type Name =
  | "getuid"
  | "geteuid"
  | "getgid"
  | "getegid"
  | "setuid"
  | "setgid"
  | "setreuid"
  | "setregid"
  | "setresuid"
  | "setresgid"
  | "getresuid"
  | "getresgid"
  | "setfsuid"
  | "setfsgid"
  | "getgroups"
  | "setgroups"
  | "capget"
  | "capset"
  | "keyctl"
  | "add_key"
  | "request_key"
  | "landlock_create_ruleset"
  | "landlock_add_rule"
  | "landlock_restrict_self"
  | "acct";

/** Who a thread is and what it may do. Each of these acts on the calling thread alone. */
export const credentials: Signatures<Name> = {
  getuid: [],
  geteuid: [],
  getgid: [],
  getegid: [],
  setuid: [uid("uid")],
  setgid: [gid("gid")],
  setreuid: [uid("ruid"), uid("euid")],
  setregid: [gid("rgid"), gid("egid")],
  setresuid: [uid("ruid"), uid("euid"), uid("suid")],
  setresgid: [gid("rgid"), gid("egid"), gid("sgid")],
  getresuid: [pointer("ruid"), pointer("euid"), pointer("suid")],
  getresgid: [pointer("rgid"), pointer("egid"), pointer("sgid")],
  setfsuid: [uid("fsuid")],
  setfsgid: [gid("fsgid")],
  getgroups: [int("size"), pointer("list")],
  setgroups: [int("size"), pointer("list")],
  capget: [pointer("hdrp"), pointer("datap")],
  capset: [pointer("hdrp"), pointer("datap")],
  keyctl: [int("op", "keyctl"), pointer("arg2"), pointer("arg3"), pointer("arg4"), pointer("arg5")],
  add_key: [
    string("type"),
    string("description"),
    pointer("payload"),
    size("plen"),
    int("keyring", "keyring"),
  ],
  request_key: [
    string("type"),
    string("description"),
    string("callout_info"),
    int("dest_keyring", "keyring"),
  ],
  landlock_create_ruleset: [pointer("attr"), size("size"), uint("flags")],
  landlock_add_rule: [fd("ruleset_fd"), int("rule_type"), pointer("rule_attr"), uint("flags")],
  landlock_restrict_self: [fd("ruleset_fd"), uint("flags")],
  acct: [path("filename")],
};

import { describe, expect, test } from "vitest";
import { layouts } from "./layouts.ts";
import type { LayoutName } from "./layouts.ts";
import { complaints, missingCompiler } from "./testing/c-compiler.ts";

interface CStruct {
  readonly type: string;
  readonly header: string;
  /** The C member for a field of ours; undefined for a field that C has not by itself. */
  readonly member: (field: string) => string | undefined;
  /** One of a union, or a struct that grows with the kernel: ours is its first part. */
  readonly part?: true;
}

const prefixed =
  (prefix: string) =>
  (field: string): string =>
    prefix + field;

const time = (field: string): string => field.replace(/^(.*)_(n?sec)$/, "$1.tv_$2");

/** A command of `union bpf_attr`, or what it answers. A text is words to us. */
const bpf = (prefix: string, type = "union bpf_attr", texts: RegExp = /^$/): CStruct => ({
  type,
  header: "linux/bpf.h",
  member: (field) => (texts.test(field) ? undefined : prefix + field),
  part: true,
});

const structs: { readonly [name in LayoutName]?: CStruct } = {
  bpf_get_id: {
    ...bpf(""),
    member: (field) => (field === "id" ? "prog_id" : field),
  },
  bpf_info: bpf("info."),
  bpf_insn: {
    type: "struct bpf_insn",
    header: "linux/bpf.h",
    // C cannot tell where the two halves of a byte are.
    member: (field) => (field === "registers" ? undefined : field),
  },
  bpf_map_create: bpf("", "union bpf_attr", /^map_name/),
  bpf_map_elem: bpf(""),
  bpf_map_info: bpf("", "struct bpf_map_info", /^name/),
  bpf_prog_attach: bpf(""),
  bpf_prog_bind_map: bpf("prog_bind_map."),
  bpf_prog_info: bpf("", "struct bpf_prog_info", /^(name|tag)/),
  bpf_prog_load: bpf("", "union bpf_attr", /^prog_name/),
  bpf_prog_query: bpf("query."),
  cap_header: {
    type: "struct __user_cap_header_struct",
    header: "linux/capability.h",
    member: prefixed(""),
  },
  clone_args: { type: "struct clone_args", header: "linux/sched.h", member: prefixed("") },
  ifreq_flags: {
    type: "struct ifreq",
    header: "net/if.h",
    member: (field) => (field === "flags" ? "ifr_flags" : undefined),
  },
  inotify_event: { type: "struct inotify_event", header: "linux/inotify.h", member: prefixed("") },
  iovec: { type: "struct iovec", header: "sys/uio.h", member: prefixed("iov_") },
  itimerspec: {
    type: "struct itimerspec",
    header: "linux/time.h",
    member: (field) => `it_${time(field)}`,
  },
  mount_attr: { type: "struct mount_attr", header: "linux/mount.h", member: prefixed("") },
  msghdr: { type: "struct msghdr", header: "sys/socket.h", member: prefixed("msg_") },
  open_how: { type: "struct open_how", header: "linux/openat2.h", member: prefixed("") },
  pollfd: { type: "struct pollfd", header: "poll.h", member: prefixed("") },
  rlimit64: { type: "struct rlimit64", header: "linux/resource.h", member: prefixed("rlim_") },
  sched_attr: {
    type: "struct sched_attr",
    header: "linux/sched/types.h",
    member: (field) => (field === "size" ? field : `sched_${field}`),
  },
  siginfo: { type: "siginfo_t", header: "signal.h", member: prefixed("si_") },
  sockaddr_nl: { type: "struct sockaddr_nl", header: "linux/netlink.h", member: prefixed("nl_") },
  sock_filter: { type: "struct sock_filter", header: "linux/filter.h", member: prefixed("") },
  sock_fprog: { type: "struct sock_fprog", header: "linux/filter.h", member: prefixed("") },
  statfs: {
    type: "struct statfs",
    header: "asm/statfs.h",
    member: (field) => `f_${field.replace(/^fsid([01])$/, "fsid.val[$1]")}`,
  },
  statx: { type: "struct statx", header: "linux/stat.h", member: (field) => `stx_${time(field)}` },
  timespec: { type: "struct timespec", header: "linux/time.h", member: prefixed("tv_") },
  winsize: { type: "struct winsize", header: "asm/termios.h", member: prefixed("ws_") },
};

describe.skipIf(missingCompiler)(
  `the struct layouts${missingCompiler ? ` (skipped: ${missingCompiler})` : ""}`,
  () => {
    test.each(Object.entries(structs))(
      "%s lies in memory as in C",
      (name, { type, header, member, part }) => {
        const { bytes, fields } = layouts[name as LayoutName];
        const asserted = Object.entries(fields).flatMap(([field, { offset, bytes: width }]) => {
          const inC = member(field);
          if (inC === undefined) return [];
          return [
            `_Static_assert(offsetof(${type}, ${inC}) == ${offset}, "${field} offset");`,
            `_Static_assert(sizeof(((${type} *)0)->${inC}) == ${width}, "${field} width");`,
          ];
        });
        const size = part ? `sizeof(${type}) >= ${bytes}` : `sizeof(${type}) == ${bytes}`;
        const source = [
          `#include <${header}>`,
          "#include <stddef.h>",
          `_Static_assert(${size}, "size");`,
          ...asserted,
        ];
        expect(complaints(source.join("\n"))).toEqual([]);
      },
    );
  },
);

import { closeSync, openSync, readlinkSync } from "node:fs";
import { release } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as fcntl from "./constants/fcntl.ts";
import * as ioctl from "./constants/ioctl.ts";
import { LSMT_ROOT } from "./constants/listmount.ts";
import { MFD_EXEC, MFD_NOEXEC_SEAL } from "./constants/memfd.ts";
import { PR_GET_AUXV, PR_GET_MDWE, PR_GET_MEMORY_MERGE } from "./constants/prctl.ts";
import { F_SEAL_EXEC } from "./constants/seal.ts";
import { STATMOUNT_MNT_BASIC, STATMOUNT_SUPPORTED_MASK } from "./constants/statmount.ts";
import { layouts } from "./layouts.ts";
import { pack } from "./pack.ts";
import { openProcess } from "./process-exit.ts";
import type { Descriptor } from "./descriptor.ts";
import { syscall } from "./syscall.ts";

const [major = 0, minor = 0] = release().split(".").map(Number);
const old = major < 6 || (major === 6 && minor < 18);

/**
 * C headers of distributions are older than these; a kernel that has them is the better witness.
 */
describe.skipIf(old)(`what is newer than the C headers${old ? ` (needs Linux 6.18)` : ""}`, () => {
  let self: Descriptor;
  let mounts = -1;
  let pids = -1;
  beforeAll(() => {
    self = openProcess(process.pid);
    mounts = openSync("/proc/self/ns/mnt", "r");
    pids = openSync("/proc/self/ns/pid", "r");
  });
  afterAll(() => {
    self.close();
    closeSync(mounts);
    closeSync(pids);
  });

  test.each([
    ["cgroup", ioctl.PIDFD_GET_CGROUP_NAMESPACE],
    ["ipc", ioctl.PIDFD_GET_IPC_NAMESPACE],
    ["mnt", ioctl.PIDFD_GET_MNT_NAMESPACE],
    ["net", ioctl.PIDFD_GET_NET_NAMESPACE],
    ["pid", ioctl.PIDFD_GET_PID_NAMESPACE],
    ["pid_for_children", ioctl.PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE],
    ["time", ioctl.PIDFD_GET_TIME_NAMESPACE],
    ["time_for_children", ioctl.PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE],
    ["user", ioctl.PIDFD_GET_USER_NAMESPACE],
    ["uts", ioctl.PIDFD_GET_UTS_NAMESPACE],
  ])("a pidfd gives its %s namespace", (name, request) => {
    const fd = syscall("ioctl", self.fd, request, 0);
    const [found, own] = [`fd/${fd}`, `ns/${name}`].map((path) =>
      readlinkSync(`/proc/self/${path}`),
    );
    closeSync(fd);
    expect(found).toBe(own);
  });

  test("a PID namespace translates the number of a process", () => {
    for (const request of [
      ioctl.NS_GET_PID_FROM_PIDNS,
      ioctl.NS_GET_TGID_FROM_PIDNS,
      ioctl.NS_GET_PID_IN_PIDNS,
      ioctl.NS_GET_TGID_IN_PIDNS,
    ]) {
      expect(syscall("ioctl", pids, request, process.pid)).toBe(process.pid);
    }
  });

  test("a mount namespace has an id, and so has any namespace", () => {
    const [first, second] = [ioctl.NS_GET_MNTNS_ID, ioctl.NS_GET_ID].map((request) => {
      const id = Buffer.alloc(8);
      syscall("ioctl", mounts, request, id);
      return id.readBigUInt64LE();
    });
    expect(first).toBeGreaterThan(0n);
    expect(second).toBe(first);
  });

  test("its mounts are listed from the root, and the root can be asked about", () => {
    const ids = Buffer.alloc(8 * 64);
    const { bytes: size } = layouts.mnt_id_req;
    const request = pack(layouts.mnt_id_req, { size, mnt_id: LSMT_ROOT });
    expect(syscall("listmount", request, ids, 64, 0)).toBeGreaterThan(0);
    const about = pack(layouts.mnt_id_req, {
      size,
      mnt_id: ids.readBigUInt64LE(),
      param: STATMOUNT_MNT_BASIC | STATMOUNT_SUPPORTED_MASK,
    });
    const answer = Buffer.alloc(1024);
    syscall("statmount", about, answer, answer.length, 0);
    // `mask` of struct statmount is behind `size` and `mnt_opts`.
    expect(answer.readBigUInt64LE(8)).toBe(
      BigInt(STATMOUNT_MNT_BASIC) | BigInt(STATMOUNT_SUPPORTED_MASK),
    );
  });

  test("a memory file is made for executing or sealed against it", () => {
    const [run, sealed] = [MFD_EXEC, MFD_NOEXEC_SEAL].map((flag) => {
      const fd = syscall("memfd_create", "x", flag);
      const seals = syscall("fcntl", fd, fcntl.F_GET_SEALS) & F_SEAL_EXEC;
      closeSync(fd);
      return seals;
    });
    expect([run, sealed]).toEqual([0, F_SEAL_EXEC]);
  });

  test("descriptors are compared, and a file that was there already is told apart", () => {
    expect(syscall("fcntl", mounts, fcntl.F_DUPFD_QUERY, mounts)).toBe(1);
    expect(syscall("fcntl", mounts, fcntl.F_DUPFD_QUERY, pids)).toBe(0);
    expect(syscall("fcntl", mounts, fcntl.F_CREATED_QUERY)).toBe(0);
  });

  test("prctl answers its newer questions", () => {
    expect(syscall("prctl", PR_GET_MDWE)).toBeGreaterThanOrEqual(0);
    expect(syscall("prctl", PR_GET_MEMORY_MERGE)).toBeGreaterThanOrEqual(0);
    expect(syscall("prctl", PR_GET_AUXV, new Uint8Array(1024), 1024)).toBeGreaterThan(0);
  });
});

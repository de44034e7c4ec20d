import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_X86_64,
  layouts,
  SECCOMP_FILTER_FLAG_NEW_LISTENER,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_USER_NOTIF,
  SECCOMP_SET_MODE_FILTER,
  signalNumber,
  syscallNumber,
  type Arch,
} from "@x/syscall";
import { byArch, result, step, struct, type Result, type Step } from "@x/plan";

/** Hears of every SIGKILL that is sent to a PID 1; see decisions/007-kill-pid-1.md. */
export const listener: Result = result("listener");

/** struct seccomp_data (seccomp(2)): offsets of the fields that the filter looks at. */
const DATA = { nr: 0, arch: 4, argument: (i: number): number => 16 + 8 * i };
/** BPF: load a word, jump if equal, return. */
const [LD, JEQ, RET] = [0x20, 0x15, 0x06];

const auditArch: Record<Arch, number> = { x64: AUDIT_ARCH_X86_64, arm64: AUDIT_ARCH_AARCH64 };

/**
 * Lets the launcher hear of SIGKILL to PID 1. All other calls go their way, at the price of a
 * filter that the kernel caches. Where somebody else listens already, things stay as the kernel
 * has them: PID 1 is immune to its own SIGKILL.
 */
export function listenForSelfKill(): Step {
  const filter = byArch({ x64: filterFor("x64"), arm64: filterFor("arm64") });
  const program = struct(layouts.sock_fprog, { len: LENGTH, filter });
  return step("seccomp", [SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, program], {
    as: listener.result,
    tolerate: ["EBUSY"],
    why: "to hear of a PID 1 that wants to be killed",
  });
}

/** kill(1, SIGKILL), tkill(1, SIGKILL), tgkill(1, …, SIGKILL), as raise(3) and shells make them. */
function filterFor(arch: Arch): Uint8Array {
  const SIGKILL = signalNumber("SIGKILL");
  return assemble([
    [LD, 0, 0, DATA.arch],
    [JEQ, 0, 12, auditArch[arch]],
    [LD, 0, 0, DATA.nr],
    [JEQ, 2, 0, syscallNumber("kill", arch)],
    [JEQ, 1, 0, syscallNumber("tkill", arch)],
    [JEQ, 4, 8, syscallNumber("tgkill", arch)],
    [LD, 0, 0, DATA.argument(0)],
    [JEQ, 0, 6, 1],
    [LD, 0, 0, DATA.argument(1)],
    [JEQ, 5, 4, SIGKILL],
    [LD, 0, 0, DATA.argument(0)],
    [JEQ, 0, 2, 1],
    [LD, 0, 0, DATA.argument(2)],
    [JEQ, 1, 0, SIGKILL],
    [RET, 0, 0, SECCOMP_RET_ALLOW],
    [RET, 0, 0, SECCOMP_RET_USER_NOTIF],
  ]);
}

const LENGTH = 16;

function assemble(program: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, jt, jf, k], i) => {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, jt);
    view.setUint8(8 * i + 3, jf);
    view.setUint32(8 * i + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}

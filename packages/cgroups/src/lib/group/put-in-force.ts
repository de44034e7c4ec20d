import { CgroupError } from "../error.ts";
import type { Conversion } from "../controller.ts";
import type { Work, LimitOptions } from "./settings.ts";
import { writeFile, writeFileSlowly } from "./write-file.ts";

/** Writes a fresh group's limits at once: nobody is in it, so that the kernel has nothing to do. */
export function putInForce(work: Work, options: LimitOptions): readonly Conversion[] {
  for (const { path, value, field } of work.writes) writeFile(path, value, field);
  attachDevices(work, options);
  return work.conversions;
}

/** The same for a group in use, in the order given; where one is refused, those before it hold. */
export async function putInForceLive(
  work: Work,
  options: LimitOptions,
): Promise<readonly Conversion[]> {
  if (work.devices !== undefined && options.devicePrograms === undefined) throw needsProgram();
  for (const { path, value, field } of work.writes) await writeFileSlowly(path, value, field);
  attachDevices(work, options);
  return work.conversions;
}

function attachDevices({ devices }: Work, { devicePrograms }: LimitOptions): void {
  if (devices === undefined) return;
  if (devicePrograms === undefined) throw needsProgram();
  devicePrograms.attach(devices.directory, devices.rules);
}

/** A v2 tree takes device rules as an eBPF program, and bpf(2) is a system call. */
export function needsProgram(): CgroupError {
  return new CgroupError("X_CGROUP_NEEDS_SYSCALL", "cgroup v2 takes device rules as a program", {
    field: "devices",
    hint: 'npm install @x/syscall, import { devicePrograms } from "@x/cgroups/devices", and pass { devicePrograms }',
  });
}

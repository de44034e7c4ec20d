import { present } from "../present.ts";
import type { CpuLimits } from "../resources.ts";
import { limitUnlessZero, unlessZero } from "./limit.ts";
import type { OciCpu } from "./parts.ts";

/** `cpu` of an OCI config in our words; shares are clamped as the kernel does. */
export function cpuFromOci(cpu: OciCpu): CpuLimits {
  const shares = unlessZero(cpu.shares);
  return present<CpuLimits>({
    shares: shares !== undefined && shares > 0 ? Math.min(Math.max(shares, 2), 262_144) : shares,
    quota: limitUnlessZero(cpu.quota),
    period: unlessZero(cpu.period),
    burst: cpu.burst ?? undefined,
    idle: (cpu.idle as 0 | 1 | null | undefined) ?? undefined,
    realtimeRuntime: unlessZero(cpu.realtimeRuntime),
    realtimePeriod: unlessZero(cpu.realtimePeriod),
    cpus: cpu.cpus || undefined,
    mems: cpu.mems || undefined,
  });
}

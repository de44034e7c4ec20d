import type { Controller, Setting, SettingContext } from "../controller.ts";
import { formatCpuList, parseCpuList, requireCpus } from "../parse/cpu-list.ts";
import type { CpuLimits } from "../resources.ts";
import { present } from "../present.ts";
import { requireFile } from "./unsupported.ts";

/**
 * Which CPUs and memory nodes. A new group needs none written: it has those of the group above.
 * Source: "Cpuset" of Documentation/admin-guide/cgroup-v2.rst.
 */
export const cpuset: Controller = {
  name: "cpuset",
  fields: ["cpu.cpus", "cpu.mems", "cpu.partition"],
  settings({ cpu: { cpus, mems, partition } = {} }, context) {
    const settings: Setting[] = [];
    if (cpus !== undefined) {
      checkThere(cpus, "cpuset.cpus.effective", "CPUs", "cpu.cpus", context);
      settings.push(setting("cpuset.cpus", cpus, "cpu.cpus"));
    }
    if (mems !== undefined) {
      checkThere(mems, "cpuset.mems.effective", "memory nodes", "cpu.mems", context);
      settings.push(setting("cpuset.mems", mems, "cpu.mems"));
    }
    if (partition !== undefined) {
      const file = "cpuset.cpus.partition";
      requireFile(context.files, file, "cpu.partition", "Linux 5.0 has it, 5.15 knows isolated");
      settings.push(setting(file, partition, "cpu.partition"));
    }
    return settings;
  },
  limits(files) {
    const limits = present<CpuLimits>({
      cpus: files.read("cpuset.cpus") || undefined,
      mems: files.read("cpuset.mems") || undefined,
      partition: partitionOf(files.read("cpuset.cpus.partition")),
    });
    return Object.keys(limits).length === 0 ? {} : { cpu: limits };
  },
  stat: {
    cpuset(files) {
      const cpus = files.read("cpuset.cpus.effective");
      const mems = files.read("cpuset.mems.effective");
      if (cpus === undefined || mems === undefined) return undefined;
      const partition = files.read("cpuset.cpus.partition");
      return partition === undefined ? { cpus, mems } : { cpus, mems, partition };
    },
  },
};

/**
 * The kernel takes numbers that the group above has not, and goes by the rest, or by all that are
 * above: nobody would notice. What this group itself holds as a partition is no longer above.
 */
function checkThere(
  wanted: string,
  file: string,
  noun: "CPUs" | "memory nodes",
  field: string,
  { files, parent }: SettingContext,
): void {
  const above = parent.read(file);
  if (above === undefined) return;
  requireCpus(wanted, union(above, files.read(file) ?? "", field), noun, field);
}

function union(one: string, other: string, field: string): string {
  return formatCpuList([...parseCpuList(one, field), ...parseCpuList(other, field)]);
}

/** `root invalid (Cpu list in cpuset.cpus not exclusive)`: what is wished for comes first. */
function partitionOf(text: string | undefined): CpuLimits["partition"] | undefined {
  return (["member", "root", "isolated"] as const).find((word) => text?.split(" ")[0] === word);
}

function setting(file: string, value: string, field: string): Setting {
  return { controller: "cpuset", file, value, field };
}

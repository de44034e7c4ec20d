import type { Controller, Files, SettingContext } from "../controller.ts";
import { CgroupError } from "../error.ts";
import { requireCpus } from "../parse/cpu-list.ts";
import type { CpuLimits } from "../resources.ts";
import type { CpusetStat } from "../stat.ts";
import { unsupported } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("cpuset");

const lists = [
  { key: "cpus", field: "cpu.cpus", file: "cpuset.cpus", noun: "CPUs" },
  { key: "mems", field: "cpu.mems", file: "cpuset.mems", noun: "memory nodes" },
] as const;

/**
 * On which CPUs to run and from which memory nodes to allocate: cpuset(7). A new group of v1 has
 * neither, and nobody can join it (`ENOSPC`) before it has both: what is not given is taken from the
 * group above.
 */
export const cpuset: Controller = {
  name: "cpuset",
  fields: ["cpu.cpus", "cpu.mems", "cpu.partition"],

  settings({ cpu = {} }, context) {
    refusePartition(cpu);
    return lists.flatMap(({ key, field, file, noun }) => {
      const wanted = cpu[key];
      if (wanted === undefined) {
        return context.fresh ? [write(file, inherited(file, noun, field, context), field)] : [];
      }
      const above = ofGroup(context.parent, file);
      if (above !== undefined) requireCpus(wanted, above, noun, field);
      return [write(file, wanted, field)];
    });
  },

  limits(files) {
    const cpus = files.read("cpuset.cpus") ?? "";
    const mems = files.read("cpuset.mems") ?? "";
    const cpu = { ...(cpus === "" ? {} : { cpus }), ...(mems === "" ? {} : { mems }) };
    return Object.keys(cpu).length === 0 ? {} : { cpu };
  },

  stat: {
    cpuset(files): CpusetStat | undefined {
      const cpus = files.read("cpuset.effective_cpus");
      const mems = files.read("cpuset.effective_mems");
      return cpus === undefined || mems === undefined ? undefined : { cpus, mems };
    },
  },
};

function refusePartition({ partition = "member" }: CpuLimits): void {
  if (partition === "member") return;
  throw unsupported(
    "cpu.partition",
    "partitions are of v2; a v1 group shares its CPUs with the groups beside it",
    "v1's cpuset.cpu_exclusive and cpuset.sched_load_balance are near to it; write them by name",
  );
}

function inherited(file: string, noun: string, field: string, { parent }: SettingContext): string {
  const above = ofGroup(parent, file);
  if (above !== undefined) return above;
  throw new CgroupError("X_CGROUP_KERNEL", `the group above has no ${noun} to hand down`, {
    field,
    hint: `Whoever made it has to write its ${file} first`,
  });
}

/** With the mount option `cpuset_v2_mode` a group may have what is not written into its own file. */
function ofGroup(files: Files, file: string): string | undefined {
  const own = files.read(file);
  if (own !== undefined && own !== "") return own;
  const effective = files.read(file.replace("cpuset.", "cpuset.effective_"));
  return effective === "" ? undefined : effective;
}

import { programs, type Program } from "./program.ts";
import { VmError } from "./vm-error.ts";

/** A folder of this machine that the guest mounts over 9p, by tag. */
export interface SharedFolder {
  tag: string;
  folder: string;
  writable: boolean;
}

/** A machine for QEMU to emulate. */
export interface Machine {
  program: Program;
  args: readonly string[];
}

export interface MachineOptions {
  /** The file that QEMU starts. */
  kernel: string;
  cpus: number;
  memoryMiB: number;
  folders?: readonly SharedFolder[];
  /** Let the kernel say all it has to say on the console. */
  verbose: boolean;
}

/** The descriptors of QEMU that `boot` fills. */
export const descriptors = { status: 3, stdout: 4, stderr: 5, console: 6, initrd: 7 } as const;

/** What v2 has a controller for is not to be had as v1; net_cls and net_prio can be mounted. */
const v2Controllers = [
  "cpu",
  "cpuacct",
  "cpuset",
  "memory",
  "blkio",
  "devices",
  "freezer",
  "hugetlb",
  "pids",
  "rdma",
  "misc",
  "perf_event",
];

// Panic means reboot, and QEMU ends instead of rebooting.
const kernelArguments = `panic=-1 cgroup_no_v1=named,${v2Controllers.join(",")}`;

/** An x86-64 PC without disks or network devices. */
export function x64Machine(options: MachineOptions): Machine {
  return {
    program: programs.qemuX64,
    args: [
      ...["-machine", "q35", "-cpu", "max"],
      ...common(options, "ttyS0"),
      ...["-device", "virtio-serial-pci"],
      ...ports(),
      ...(options.folders ?? []).flatMap(shared),
    ],
  };
}

/** QEMU's `virt` board for arm64, without disks or network devices. */
export function arm64Machine(options: MachineOptions): Machine {
  return {
    program: programs.qemuArm64,
    args: [
      ...["-machine", "virt", "-cpu", "cortex-a72"],
      ...common(options, "ttyAMA0"),
      ...["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-serial-device"],
      ...ports(),
    ],
  };
}

function common(options: MachineOptions, console: string): string[] {
  const { kernel, cpus, memoryMiB, verbose } = options;
  for (const [name, value] of Object.entries({ cpus, memoryMiB })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new VmError("X_VM_BAD_OPTION", `${name} is a whole number above 0, not ${value}`);
    }
  }
  return [
    // /dev/kvm is no help: inside a virtual machine it may exist and hang.
    ...["-accel", "tcg,thread=multi", "-smp", `${cpus}`, "-m", `${memoryMiB}`],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-kernel", kernel, "-initrd", `/dev/fd/${descriptors.initrd}`],
    ...["-append", `console=${console} ${kernelArguments}${verbose ? "" : " quiet"}`],
    ...["-chardev", `socket,id=console,fd=${descriptors.console}`, "-serial", "chardev:console"],
  ];
}

/** One port each for how it went, standard output and standard error: no console in between. */
function ports(): string[] {
  return (["status", "stdout", "stderr"] as const).flatMap((name, index) => [
    ...["-chardev", `socket,id=${name},fd=${descriptors[name]}`],
    ...["-device", `virtserialport,nr=${index + 1},chardev=${name},name=x.${name}`],
  ]);
}

function shared({ tag, folder, writable }: SharedFolder): string[] {
  const access = writable ? "" : ",readonly=on";
  // QEMU's option syntax: a comma inside a value is written twice.
  const path = folder.replaceAll(",", ",,");
  return [
    "-fsdev",
    `local,id=${tag},path=${path},security_model=none,multidevs=remap${access}`,
    ...["-device", `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
  ];
}

import type { Resources } from "@x/cgroups";
import { SandboxError } from "../error.ts";
import type { Flags } from "./invocation.ts";
import { sizeOf } from "./size.ts";

const PERIOD_US = 100_000;
/** The kernel's least quota, 1 ms, of that period. */
const LEAST_CPUS = 0.01;

/**
 * The limits that a command line sets; undefined when it sets none. Throws `SandboxError` with the
 * field.
 */
export function resourcesOf({ values }: Flags): Resources | undefined {
  const memory = memoryOf(values);
  const cpu = cpuOf(values);
  const pids = pidsOf(values["pids-limit"]);
  const all = { ...memory, ...cpu, ...pids };
  return Object.keys(all).length === 0 ? undefined : all;
}

function memoryOf({ memory, "memory-swap": swap }: Flags["values"]): Pick<Resources, "memory"> {
  if (memory === undefined) {
    if (swap === undefined) return {};
    throw refusal("memory.swap", "--memory-swap is memory and swap together, and needs --memory");
  }
  const limit = size("memory.limit", "--memory", memory);
  if (swap === undefined) return { memory: { limit } };
  if (swap === "-1") return { memory: { limit, swap: "max" } };
  const both = size("memory.swap", "--memory-swap", swap);
  if (both < limit) {
    throw refusal("memory.swap", `--memory-swap ${swap} is memory and swap, so not below --memory`);
  }
  return { memory: { limit, swap: both } };
}

function size(field: string, option: string, text: string): number {
  const bytes = sizeOf(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw refusal(field, `${option} ${JSON.stringify(text)} is no size such as 512m or 1.5g`);
}

function cpuOf(values: Flags["values"]): Pick<Resources, "cpu"> {
  const { cpus: many, "cpu-shares": shares, "cpuset-cpus": cpus, "cpuset-mems": mems } = values;
  const cpu = {
    ...(many === undefined ? {} : { quota: quotaOf(many), period: PERIOD_US }),
    ...(shares === undefined ? {} : { shares: whole("cpu.shares", "--cpu-shares", shares) }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(mems === undefined ? {} : { mems }),
  };
  return Object.keys(cpu).length === 0 ? {} : { cpu };
}

/** 1.5 CPUs are 150 ms in every 100 ms. */
function quotaOf(text: string): number {
  const cpus = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (cpus >= LEAST_CPUS) return Math.round(cpus * PERIOD_US);
  const message = `--cpus ${JSON.stringify(text)} is no number of CPUs such as 0.5, from ${LEAST_CPUS} on`;
  throw refusal("cpu.quota", message);
}

function pidsOf(text: string | undefined): Pick<Resources, "pids"> {
  if (text === undefined) return {};
  if (text === "-1") return { pids: { limit: "max" } };
  return { pids: { limit: whole("pids.limit", "--pids-limit", text) } };
}

function whole(field: string, option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw refusal(field, `${option} ${JSON.stringify(text)} is no whole number from 1 on`);
}

function refusal(field: string, message: string): SandboxError {
  return new SandboxError(`resources.${field}`, message);
}

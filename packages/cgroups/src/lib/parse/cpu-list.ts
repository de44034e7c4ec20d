import { CgroupError } from "../error.ts";

/** The most CPUs a kernel can be built for (`CONFIG_NR_CPUS` of x86-64); nodes are fewer. */
const most = 8192;

/**
 * The numbers of a list of CPUs or memory nodes as `cpuset.cpus` has it, in ascending order, each
 * once: `"0-2,4"` is 0, 1, 2, 4; `""` is none. Throws `CgroupError` `X_CGROUP_INVALID` with the field
 * for anything else. Strides (`0-31:1/2`), which the kernel would take, are not part of OCI.
 * Source: cpuset(7), "List format".
 */
export function parseCpuList(text: string, field: string): number[] {
  if (text === "") return [];
  const numbers = new Set<number>();
  for (const part of text.split(",", most + 1)) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first) throw notList(text, field);
    if (last >= most) {
      throw new CgroupError("X_CGROUP_INVALID", `${last} is beyond what a kernel can have`, {
        field,
        hint: `Numbers go up to ${most - 1}.`,
      });
    }
    for (let number = first; number <= last; number++) numbers.add(number);
  }
  return [...numbers].toSorted((a, b) => a - b);
}

/** Numbers as the kernel lists them: 0, 1, 2, 4 is `"0-2,4"`; none is `""`. */
export function formatCpuList(numbers: Iterable<number>): string {
  const sorted = [...new Set(numbers)].toSorted((a, b) => a - b);
  const parts: string[] = [];
  let first: number | undefined;
  for (const [index, number] of sorted.entries()) {
    first ??= number;
    if (sorted[index + 1] === number + 1) continue;
    parts.push(first === number ? `${number}` : `${first}-${number}`);
    first = undefined;
  }
  return parts.join(",");
}

/**
 * Refuses a list that has numbers which `available` has not: `CgroupError` `X_CGROUP_INVALID` with
 * the field, naming the numbers that are missing and those that are there. `noun`: `CPUs`.
 */
export function requireCpus(
  wanted: string,
  available: string,
  noun: "CPUs" | "memory nodes",
  field: string,
): void {
  const there = new Set(parseCpuList(available, field));
  const missing = parseCpuList(wanted, field).filter((number) => !there.has(number));
  if (missing.length === 0) return;
  throw new CgroupError(
    "X_CGROUP_INVALID",
    `${noun} ${formatCpuList(missing)} of ${JSON.stringify(wanted)} are not there; the group above has ${available === "" ? "none" : available}`,
    { field },
  );
}

function notList(text: string, field: string): CgroupError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new CgroupError(
    "X_CGROUP_INVALID",
    `${JSON.stringify(shown)} is no list of numbers and ranges`,
    { field, hint: 'Write it as "0-2,4".' },
  );
}

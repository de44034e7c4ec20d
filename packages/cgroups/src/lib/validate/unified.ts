import { every, invalid, recordOf, show, type Check } from "./check.ts";

/** What these do is not a limit, and has a method of its own. */
const acts: readonly string[] = [
  "cgroup.procs",
  "cgroup.threads",
  "cgroup.subtree_control",
  "cgroup.type",
  "cgroup.kill",
  "cgroup.freeze",
];

const file: Check = (value, field) => {
  const name = value as string;
  if (!/^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$/.test(name)) {
    throw invalid(field, `${show(name)} is not the name of a file like "memory.max"`);
  }
  if (acts.includes(name)) {
    throw invalid(field, `${name} is not a limit; there are methods for what it does`);
  }
};

/** One write(2) sets one value: with more lines the kernel takes the first or refuses all. */
const content: Check = every((value, field) => {
  if (typeof value !== "string") throw invalid(field, `${show(value)} is not a string`);
  if (value.includes("\0")) throw invalid(field, `${show(value)} has a NUL byte inside`);
  if (/\n./s.test(value)) throw invalid(field, `${show(value)} has more than one line`);
});

/** `Resources.unified` */
export const unified: Check = recordOf(file, content);

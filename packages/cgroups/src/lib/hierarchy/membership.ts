/** One line of `/proc/PID/cgroup`, cgroups(7): the group of a process in one hierarchy. */
export interface Membership {
  /** 0 for v2. */
  readonly hierarchy: number;
  /** v1: the controllers, as the kernel names them; empty for v2 and for named hierarchies. */
  readonly controllers: readonly string[];
  /** v1: `systemd` for `name=systemd`. */
  readonly name?: string;
  /** As seen from the reader's cgroup namespace. */
  readonly path: string;
}

/** Reads the text of a `/proc/PID/cgroup`. */
export function parseMembership(text: string): Membership[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) return [];
    const words = match[2] === "" ? [] : match[2]!.split(",");
    const name = words.find((word) => word.startsWith("name="))?.slice("name=".length);
    return [
      {
        hierarchy: Number(match[1]),
        controllers: words.filter((word) => !word.startsWith("name=")),
        ...(name === undefined ? {} : { name }),
        path: match[3]!.replace(/ \(deleted\)$/, ""),
      },
    ];
  });
}

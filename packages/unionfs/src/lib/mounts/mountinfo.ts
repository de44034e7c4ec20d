/** One mount, as `/proc/self/mountinfo` has it. */
export interface MountEntry {
  readonly id: number;
  readonly place: string;
  readonly type: string;
  readonly source: string;
  /** Options of the file system by name; of those given several times, the last. */
  readonly options: ReadonlyMap<string, string>;
}

/** Reads the list of mounts: latin1 in, names decoded to UTF-8. Source: proc_pid_mountinfo(5). */
export function parseMountinfo(latin1: string): MountEntry[] {
  return latin1.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [id, , , , place] = before.split(" ");
    const [type, source, options] = after.split(" ");
    if (place === undefined || type === undefined || source === undefined) return [];
    return [
      {
        id: Number(id),
        place: decode(place),
        type,
        source: decode(source),
        options: new Map((options ?? "").split(",").map(pair)),
      },
    ];
  });
}

function pair(option: string): [string, string] {
  const at = option.indexOf("=");
  return at === -1 ? [option, ""] : [option.slice(0, at), decode(option.slice(at + 1))];
}

/** Blanks, line feeds and backslashes are written as three octal digits. */
function decode(escaped: string): string {
  const bytes = escaped.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, "latin1").toString();
}

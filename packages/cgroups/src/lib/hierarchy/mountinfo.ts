/** One line of `/proc/PID/mountinfo`, proc_pid_mountinfo(5), as far as a file system is told by it. */
export interface MountInfo {
  readonly id: string;
  /** The mount that it is mounted on. */
  readonly parent: string;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** What of the file system is at the mount point. */
  readonly root: string;
  readonly mountpoint: string;
  readonly options: readonly string[];
  readonly fstype: string;
  readonly superOptions: readonly string[];
}

/** Reads the text of a mountinfo file; lines that are none are left out. */
export function parseMountinfo(text: string): MountInfo[] {
  return text.split("\n").flatMap((line) => {
    const separator = line.indexOf(" - ");
    if (separator < 0) return [];
    const [id, parent, device, root, mountpoint, options] = line.slice(0, separator).split(" ");
    const [fstype, , superOptions] = line.slice(separator + 3).split(" ");
    if (id === undefined || parent === undefined || device === undefined) return [];
    if (root === undefined || mountpoint === undefined) return [];
    if (options === undefined || fstype === undefined) return [];
    return [
      {
        id,
        parent,
        device,
        root: unescape(root),
        mountpoint: unescape(mountpoint),
        options: options.split(","),
        fstype,
        superOptions: superOptions?.split(",") ?? [],
      },
    ];
  });
}

/** Space, tab, newline and backslash are written in octal. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

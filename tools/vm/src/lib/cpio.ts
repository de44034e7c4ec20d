/** One entry of an archive, parents before what they hold. Times and owners are zero: root, 1970. */
export type CpioEntry =
  | { path: string; type: "directory"; mode?: number }
  | { path: string; type: "file"; mode?: number; content: Uint8Array }
  | { path: string; type: "link"; target: string };

const formats = { directory: 0o040000, file: 0o100000, link: 0o120000 };
const defaultModes = { directory: 0o755, file: 0o644, link: 0o777 };

/**
 * An archive in the "newc" format, as the kernel unpacks it into its first root.
 * Source: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.flatMap((entry, index) => {
    const mode = formats[entry.type] | modeOf(entry);
    return record(index + 1, entry.path, mode, contentOf(entry));
  });
  parts.push(...record(0, "TRAILER!!!", 0, new Uint8Array()));
  return Buffer.concat(parts);
}

function modeOf(entry: CpioEntry): number {
  return (entry.type === "link" ? undefined : entry.mode) ?? defaultModes[entry.type];
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.type === "file") {
    return entry.content;
  }
  return entry.type === "link" ? Buffer.from(entry.target) : new Uint8Array();
}

function record(inode: number, path: string, mode: number, content: Uint8Array): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const fields = {
    inode,
    mode,
    uid: 0,
    gid: 0,
    links: 1,
    modified: 0,
    bytes: content.byteLength,
    deviceMajor: 0,
    deviceMinor: 0,
    nodeMajor: 0,
    nodeMinor: 0,
    nameBytes: name.byteLength,
    checksum: 0,
  };
  const header = Buffer.from(`070701${Object.values(fields).map(hex).join("")}`);
  return [
    header,
    name,
    padding(header.byteLength + name.byteLength),
    content,
    padding(content.byteLength),
  ];
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, "0");
}

/** The zeros up to the next multiple of four. */
function padding(bytes: number): Uint8Array {
  return new Uint8Array(-bytes & 3);
}

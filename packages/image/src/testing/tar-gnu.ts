import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TarHeader } from "../lib/tar/entry.ts";

/** What GNU tar makes of an archive: whether it likes it, and a line for each entry. */
export interface GnuListing {
  readonly accepted: boolean;
  readonly lines: readonly string[];
}

/** Whether the `tar` of this machine is GNU's, which alone lists as these tests expect. */
export async function hasGnuTar(): Promise<boolean> {
  const { stdout } = await promisify(execFile)("tar", ["--version"]).catch(() => ({ stdout: "" }));
  return stdout.includes("GNU tar");
}

const script = `
cd "$1"
for n in $(seq "$2" "$4" "$3"); do
  tar -tvPf "$n" --numeric-owner --full-time --quoting-style=escape 2>>"$1/errors"
  echo "= $?"
done > "out$2"
`;

/** Has GNU tar list archives, as many at once as there are processors. */
export async function listByGnu(archives: readonly Uint8Array[]): Promise<GnuListing[]> {
  const folder = await mkdtemp(join(tmpdir(), "gnu-tar-"));
  try {
    await Promise.all(
      archives.map((bytes, index) => writeFile(join(folder, String(index)), bytes)),
    );
    const workers = Math.min(availableParallelism(), archives.length);
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const listings: GnuListing[] = [];
    const work = async (first: number): Promise<void> => {
      const range = [first, archives.length - 1, workers].map(String);
      await promisify(execFile)("sh", ["-c", script, "sh", folder, ...range], { env });
      const out = await readFile(join(folder, `out${first}`), "latin1");
      for (const [index, listing] of parse(out).entries()) {
        listings[first + index * workers] = listing;
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, first) => work(first)));
    return listings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How lines begin for what we leave out, and for files of a type that nobody makes any more. */
const labelLetter = "V";
const contiguousLetter = "C";

function plainFile(line: string): string {
  if (!line.startsWith(contiguousLetter)) return line;
  return `${line.endsWith("/") ? "d" : "-"}${line.slice(1)}`;
}

function parse(out: string): GnuListing[] {
  const listings: GnuListing[] = [];
  let lines: string[] = [];
  for (const line of out.split("\n")) {
    if (line.startsWith("= ")) {
      listings.push({ accepted: line === "= 0", lines });
      lines = [];
    } else if (line !== "" && !line.startsWith(labelLetter)) {
      lines.push(normal(plainFile(line)));
    }
  }
  return listings;
}

const letters = {
  file: "-",
  hardlink: "h",
  symlink: "l",
  character: "c",
  block: "b",
  directory: "d",
  fifo: "p",
} as const;

/** The line that GNU tar prints for an entry, in the form in which {@link listByGnu} returns it. */
export function gnuLine(header: TarHeader): string {
  const { type, mode, uid, gid, size, major, minor, mtime, name, linkName } = header;
  const device = type === "character" || type === "block";
  const link = type === "symlink" ? " -> " : type === "hardlink" ? " link to " : "";
  const what = device ? `${major},${minor}` : String(size);
  const names = `${escaped(name)}${link}${escaped(linkName)}`;
  return normal(
    `${letters[type]}${modeText(mode)} ${uid}/${gid} ${what} ${timeText(mtime)} ${names}`,
  );
}

/** Without what depends on the width of columns, and times of which GNU tar prints nonsense. */
function normal(line: string): string {
  const match =
    /^(\S{10}) (\d+\/\d+) +(\S+) (-?\d+-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? +(.*)$/s.exec(line);
  if (match === null) return line;
  const [, mode, owner, size, time, names] = match;
  const year = Number(time!.slice(0, time!.indexOf("-", 1)));
  return [mode, owner, size, year > 1970 && year <= 9999 ? time : "some time", names].join(" ");
}

function modeText(mode: number): string {
  const bits = [..."rwxrwxrwx"].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-"));
  for (const [bit, at, letter] of [
    [0o4000, 2, "s"],
    [0o2000, 5, "s"],
    [0o1000, 8, "t"],
  ] as const) {
    if ((mode & bit) !== 0) bits[at] = bits[at] === "x" ? letter : letter.toUpperCase();
  }
  return bits.join("");
}

function timeText(nanoseconds: bigint): string {
  const milliseconds = Number(nanoseconds / 1_000_000n);
  if (nanoseconds < 0n || milliseconds >= 253_402_300_800_000) return "0000-00-00 00:00:00";
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

const escapes: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  0x5c: "\\\\",
};

function escaped(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const printable = byte >= 0x20 && byte < 0x7f;
    text +=
      escapes[byte] ??
      (printable ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`);
  }
  return text;
}

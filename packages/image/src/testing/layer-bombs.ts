import { constants, deflateRawSync } from "node:zlib";
import type { TarEntryType } from "../lib/tar/entry.ts";
import { tarEnd, tarHeader } from "../lib/tar/writer.ts";
import type { Compression } from "../lib/spec/media-type.ts";
import { base256, blockOf, headOf, octal } from "./tar-bytes.ts";
import { zstdFrame, type Block } from "./zstd-frames.ts";

/** An archive that wants more than anybody has, made while it is read. */
export interface Bomb {
  readonly compression: Compression;
  readonly chunks: () => Iterable<Uint8Array>;
}

const tenGiB = 10 * 2 ** 30;

/** By name. */
export const bombs: Readonly<Record<string, Bomb>> = {
  "10 GiB of zeros in gzip": { compression: "gzip", chunks: gzipZeros },
  "10 GiB of zeros in zstd": { compression: "zstd", chunks: zstdZeros },
  "a million empty files": plain(() => manyEntries("file", 1_000_001)),
  "a million hard links": plain(() => manyEntries("hardlink", 1_000_001)),
  "a million notes about one name": plain(() => manyEntries("note", 1_000_001)),
  "a path of 4,000 directories": plain(function* () {
    yield tarHeader({ ...headOf({ name: `${"d/".repeat(4000)}f` }) });
  }),
  "4,000 directories in each other, by way of links": plain(deepByLinks),
  "a PAX header of 1 GiB": plain(function* () {
    yield blockOf("before", "x", { size: octal(2 ** 30) });
    for (let at = 0; at < 1024; at++) yield Buffer.alloc(2 ** 20, 0x41);
  }),
  "a sparse file of 8 EiB": plain(function* () {
    const size = base256(2n ** 63n, 12);
    yield blockOf("sparse", "S", { size: octal(0), gnuRealSize: size });
    yield tarEnd;
  }),
  "a file of 8 EiB": plain(function* () {
    yield blockOf("large", "0", { size: base256(2n ** 63n - 1n, 12) });
    for (;;) yield Buffer.alloc(2 ** 20);
  }),
  "a file that is longer than the archive": plain(function* () {
    yield tarHeader({ ...headOf({ name: "file" }), size: 100_000 });
    yield Buffer.alloc(65_536);
  }),
};

function plain(chunks: () => Iterable<Uint8Array>): Bomb {
  return { compression: "none", chunks };
}

function bigFile(): Uint8Array {
  return tarHeader({ ...headOf({ name: "zeros" }), size: tenGiB });
}

// Each piece ends at a whole byte and refers to nothing before it, so that it can come again.
function* gzipZeros(): Generator<Uint8Array, void> {
  const finishFlush = constants.Z_FULL_FLUSH;
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  yield deflateRawSync(bigFile(), { finishFlush });
  const piece = deflateRawSync(Buffer.alloc(2 ** 26), { finishFlush });
  for (let bytes = 0; bytes < tenGiB; bytes += 2 ** 26) yield piece;
}

function* zstdZeros(): Generator<Uint8Array, void> {
  const block: Block = [0, 2 ** 17];
  const frames = Array.from({ length: 512 }, () => block);
  yield zstdFrame([bigFile()]);
  for (let bytes = 0; bytes < tenGiB; bytes += 2 ** 26) yield zstdFrame(frames);
}

function* manyEntries(
  kind: "file" | "hardlink" | "note",
  count: number,
): Generator<Uint8Array, void> {
  const type: TarEntryType = kind === "hardlink" ? "hardlink" : "file";
  const link = Buffer.from("0");
  yield tarHeader(headOf({ name: "0" }));
  for (let start = 1; start < count;) {
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < 128 && start < count; at++, start++) {
      const name = kind === "note" ? ".wh.name" : `${start}`;
      blocks.push(
        tarHeader({ ...headOf({ name, type }), ...(type === "hardlink" && { linkName: link }) }),
      );
    }
    yield Buffer.concat(blocks);
  }
  yield tarEnd;
}

function* deepByLinks(): Generator<Uint8Array, void> {
  const path = "d/".repeat(500);
  let top = "";
  for (let index = 0; index < 8; index++) {
    yield tarHeader(headOf({ name: `${top}${path}`, type: "directory", mode: 0o755 }));
    const link = `l${index}`;
    const linkName = Buffer.from(`${top}${path}`);
    yield tarHeader({ ...headOf({ name: link, type: "symlink" }), linkName });
    top = `${link}/`;
  }
  yield tarHeader(headOf({ name: `${top}file` }));
  yield tarEnd;
}

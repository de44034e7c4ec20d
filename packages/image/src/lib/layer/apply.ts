import { createHash } from "node:crypto";
import { syscall } from "@x/syscall";
import { ImageError } from "../error.ts";
import { digestOfHash, type Digest } from "../spec/digest.ts";
import type { Compression } from "../spec/media-type.ts";
import { decompress } from "../tar/decompress.ts";
import { printable } from "../tar/fault.ts";
import type { TarLimits } from "../tar/limits.ts";
import { TarParser } from "../tar/reader.ts";
import { processDefaults } from "./attributes.ts";
import type { AttributeContext } from "./attributes.ts";
import { Directories } from "./directories.ts";
import type { DirectoriesOptions } from "./directories.ts";
import { entriesOf } from "./directory-entries.ts";
import { checkDirectory } from "./entry-path.ts";
import { Extraction } from "./extraction.ts";
import { finishDirectories } from "./finish-directories.ts";
import { kernelSaidOf } from "./kernel-said.ts";
import type { LayerDirectory } from "./layer-directory.ts";
import { openHost, openStraight } from "./open-beneath.ts";
import { pauses } from "./pauses.ts";
import { untilAborted } from "./until-aborted.ts";
import type { Whiteouts } from "./xattr-policy.ts";

/** How a layer is applied. */
export interface ApplyOptions {
  readonly compression: Compression;
  /** Where to: an empty directory for `overlay`, any for `flat`. Nobody else may change it. */
  readonly directory: string;
  /**
   * `overlay`: the layer by itself, with what overlay needs to hide files of layers below it.
   * `flat`: onto what other layers left there, whose files it replaces and removes.
   */
  readonly whiteouts: Whiteouts;
  /**
   * `keep` gives files their owners; `record` leaves them this user's and writes owner and mode
   * down in `user.containers.override_stat`. Root keeps and others record unless told.
   */
  readonly owners?: "keep" | "record";
  readonly limits?: Partial<TarLimits>;
  /** Whose attribute makes a directory hide those below: `trusted` for root unless told. */
  readonly opaqueAttribute?: "trusted" | "user";
  readonly signal?: AbortSignal;
  /** Hears of compressed bytes that were read, in all. */
  readonly onBytes?: (bytes: number) => void;
  /** Hears, in words, of what was left out. */
  readonly onNotice?: (text: string) => void;
}

/** A hard link to a file of another layer: where it is to be, and the file. Bytes as latin1. */
export interface PendingLink {
  readonly name: string;
  readonly target: string;
}

/** Something that was left out, and why. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** What applying a layer came to. Paths are relative to the root, their bytes as latin1. */
export interface Applied {
  /** Of the uncompressed archive, with all that follows its end. */
  readonly diffId: Digest;
  /** Uncompressed. */
  readonly bytes: number;
  readonly entries: number;
  /** Directories that no entry describes: what they are like is for the layers below to say. */
  readonly implicit: readonly string[];
  /** Hard links to files that are not of this layer. */
  readonly pendingLinks: readonly PendingLink[];
  /** Names that are hidden of the layers below. */
  readonly hidden: readonly string[];
  /** Directories that hide all that is below them; `""`, the root, among them is for `settleLayer`. */
  readonly opaque: readonly string[];
  /** The attribute that makes a directory hide what is below it. */
  readonly opaqueXattr: string;
  /** What was left out; the first thousand. */
  readonly skipped: readonly Skipped[];
}

const mostSkipped = 1000;

/**
 * Applies a layer's archive to a directory. The archive is not trusted: its names are resolved
 * inside the directory alone, by the kernel (`openat2(2)`), its links are made and never followed
 * outside, and `limits` bound what it may ask for.
 *
 * Of several entries with one name the last wins. On any failure the directory is in between and
 * the caller's to remove (`removeTree`). Throws `X_IMAGE_ARCHIVE`, with the entry as `field`,
 * `X_IMAGE_LIMIT`, `X_IMAGE_NO_SPACE`, `X_IMAGE_STORE`, `X_IMAGE_INVALID`. Source: OCI layer.md.
 */
export async function applyLayer(
  chunks: AsyncIterable<Uint8Array>,
  options: ApplyOptions,
): Promise<Applied> {
  const { directory, whiteouts, signal, limits = {} } = options;
  signal?.throwIfAborted();
  const skipped: Skipped[] = [];
  const context = contextOf(options, (name, reason) => {
    if (skipped.length >= mostSkipped) return;
    const notice = { name: printable(name), reason };
    skipped.push(notice);
    options.onNotice?.(`${notice.name} is not as in the image: ${reason}`);
  });
  const opaqueXattr = `${options.opaqueAttribute ?? (context.uid === 0 ? "trusted" : "user")}.overlay.opaque`;
  const directories = openRoot(directory, whiteouts, {
    uid: context.uid,
    overlay: whiteouts === "overlay",
    opaqueXattr,
  });
  const extraction = new Extraction(directories, context, opaqueXattr);
  try {
    const read = await extract(chunks, extraction, options, limits);
    const implicit = await finishDirectories(directories, context, signal);
    const hiding = [...directories.nodes.values()].filter(({ hides }) => hides).map(pathOf);
    return {
      ...read,
      implicit,
      pendingLinks: Array.from(directories.pendingLinks, ([name, target]) => ({ name, target })),
      hidden: [...directories.hidden],
      opaque: [...extraction.opaque, ...hiding],
      opaqueXattr,
      skipped,
    };
  } finally {
    extraction.close();
    directories.close();
  }
}

async function extract(
  chunks: AsyncIterable<Uint8Array>,
  extraction: Extraction,
  options: ApplyOptions,
  limits: Partial<TarLimits>,
): Promise<{ diffId: Digest; bytes: number; entries: number }> {
  const { compression, signal, onBytes } = options;
  const hash = createHash("sha256");
  const parser = new TarParser(limits);
  const pause = pauses();
  let [bytes, entries] = [0, 0];
  for await (const chunk of decompress(counted(chunks, signal, onBytes), compression, { limits })) {
    signal?.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    for (const event of parser.push(chunk)) {
      if (event.kind === "data") {
        extraction.data(event.bytes);
      } else if (event.kind === "entry") {
        entries++;
        extraction.entry(event.header);
      } else {
        extraction.end();
      }
    }
    await pause();
  }
  signal?.throwIfAborted();
  parser.end();
  return { diffId: digestOfHash(hash), bytes, entries };
}

function contextOf(
  { directory, whiteouts, owners, opaqueAttribute }: ApplyOptions,
  onSkipped: AttributeContext["onSkipped"],
): AttributeContext {
  checkDirectory(directory);
  checkChoice("whiteouts", whiteouts, ["overlay", "flat"]);
  if (owners !== undefined) checkChoice("owners", owners, ["keep", "record"]);
  if (opaqueAttribute !== undefined) {
    checkChoice("opaqueAttribute", opaqueAttribute, ["trusted", "user"]);
  }
  const defaults = processDefaults();
  const { uid } = defaults;
  return { ...defaults, owners: owners ?? (uid === 0 ? "keep" : "record"), whiteouts, onSkipped };
}

function checkChoice(field: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const expected = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  const message = `must be ${expected}, not ${JSON.stringify(value)}`;
  throw new ImageError("X_IMAGE_INVALID", message, { field });
}

function openRoot(
  directory: string,
  whiteouts: Whiteouts,
  options: DirectoriesOptions,
): Directories {
  let fd: number | undefined;
  try {
    fd = openHost(directory);
    const isEmpty = emptyAt(fd);
    if (whiteouts === "overlay" && !isEmpty) {
      throw new ImageError("X_IMAGE_INVALID", `${directory} must be an empty directory`, {
        field: "directory",
      });
    }
    return new Directories(fd, isEmpty, options);
  } catch (error) {
    if (fd !== undefined) syscall("close", fd);
    throw kernelSaidOf("open the directory", directory, error);
  }
}

function emptyAt(directory: number): boolean {
  const fd = openStraight(directory, dot);
  try {
    return entriesOf(fd).length === 0;
  } finally {
    syscall("close", fd);
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of untilAborted(chunks, signal)) {
    bytes += chunk.length;
    onBytes?.(bytes);
    yield chunk;
  }
}

function pathOf({ path }: LayerDirectory): string {
  return path;
}

const dot = Buffer.from(".\0");

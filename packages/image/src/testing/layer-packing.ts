import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { LayerChange } from "../lib/layer/pack-change.ts";
import { packLayer, type Packed, type PackOptions } from "../lib/layer/pack.ts";
import { readWhole, type WholeEntry } from "./tar-bytes.ts";

/** A layer that was packed, with all its bytes. */
export interface WholeLayer {
  readonly bytes: Buffer;
  readonly packed: Packed;
}

/** Packs a layer to its end, uncompressed unless told. */
export async function packWhole(
  entries: "everything" | readonly LayerChange[],
  options: Partial<PackOptions> & { readonly root: string },
): Promise<WholeLayer> {
  const list = async function* (changes: readonly LayerChange[]): AsyncGenerator<LayerChange> {
    yield* changes;
  };
  const { chunks, packed } = packLayer(entries === "everything" ? entries : list(entries), {
    compression: "none",
    ...options,
  });
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return { bytes: Buffer.concat(parts), packed: await packed };
}

/** The entries of a layer that {@link packWhole} packed, by name as latin1. */
export function entriesOf({ bytes }: WholeLayer): Map<string, WholeEntry> {
  return new Map(
    readWhole(bytes).map((entry) => [Buffer.from(entry.header.name).toString("latin1"), entry]),
  );
}

/** Makes a tree with all that is hard in it and that an ordinary user may make. */
export function makeHardTree(root: string): void {
  const at = (path: string): string => join(root, path);
  mkdirSync(at("d/empty"), { recursive: true });
  writeFileSync(at("file"), "content");
  writeFileSync(at("large"), Buffer.alloc(1_300_000, "large "));
  writeFileSync(at("empty"), "");
  linkSync(at("file"), at("d/link"));
  linkSync(at("file"), at("another"));
  symlinkSync("../file", at("d/symlink"));
  linkSync(at("d/symlink"), at("link-to-symlink"));
  symlinkSync("t".repeat(1000), at("dangling"));
  writeFileSync(at("setuid"), "");
  chmodSync(at("setuid"), 0o4755);
  mkdirSync(at("sticky"));
  chmodSync(at("sticky"), 0o1777);
  const long = `${"a".repeat(200)}/${"b".repeat(200)}/${"c".repeat(200)}`;
  mkdirSync(at(long), { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(at("no-utf8-")), Buffer.of(0xff)]), "");
  writeFileSync(at("new\nline"), "");
  execFileSync("mkfifo", [at("fifo")]);
  execFileSync("setfattr", ["-n", "user.text", "-v", "0x0001ff0a", at("file")]);
  execFileSync("setfattr", ["-n", "user.empty", at("d")]);
  lutimesSync(at("dangling"), 1.5, 1.25);
  lutimesSync(at("file"), 1_234_567_890.123, 1_234_567_890.987);
}

/** Adds what only root may make. */
export function addDevicesAndOwners(root: string): void {
  const at = (path: string): string => join(root, path);
  execFileSync("mknod", [at("character"), "c", "5", "300"]);
  execFileSync("mknod", [at("block"), "b", "259", "70000"]);
  chownSync(at("file"), 1234, 3_000_000);
  chmodSync(at("file"), 0o2640);
  execFileSync("setcap", ["cap_net_raw+ep", at("setuid")]);
  chmodSync(at("setuid"), 0o4755);
  execFileSync("setfattr", ["-h", "-n", "trusted.of-link", "-v", "1", at("dangling")]);
}

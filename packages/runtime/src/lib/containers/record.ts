import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { SignalName } from "@x/syscall";
import type { Descriptor, Digest } from "@x/image";
import type { Sandbox } from "../sandbox.ts";
import { ContainerError } from "./error.ts";

/** What is kept of a container of an image, in `container.json` of its directory. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  /** The image as it was asked for, and which one that was. */
  readonly image: string;
  readonly manifest: Digest;
  /** Of the manifest. */
  readonly mediaType: string;
  readonly size: number;
  /** The chain ids of its layers, the lowest first: they are needed while the container is here. */
  readonly layers: readonly Digest[];
  /** What it runs; its `root` names directories of the store. */
  readonly sandbox: Sandbox;
  /** What SIGTERM is meant to become. */
  readonly stopSignal: SignalName;
  /** It is deleted when it ends. */
  readonly ephemeral: boolean;
  /** Paths that a mount covers, or that are volumes: no part of what the container changed. */
  readonly covered: readonly string[];
  /** When, as ISO 8601. */
  readonly created: string;
  /** How it ended, once it has. */
  readonly ended?: {
    readonly at: string;
    readonly exitCode: number | null;
    readonly signal: string | null;
  };
}

/** The descriptor of the image that a container was made of. */
export function manifestOf({ manifest, mediaType, size }: ContainerRecord): Descriptor {
  return { mediaType, digest: manifest, size };
}

const RECORD = "container.json";

/** Writes a record whole or not at all. */
export function writeRecord(directory: string, record: ContainerRecord): void {
  const path = join(directory, RECORD);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * The record of a directory; undefined if it has none, as one that was killed at birth. Throws
 * `X_CONTAINER_DAMAGED` for one that makes no sense, or is of another version of this program:
 * what such a container has written is not to be taken for rubbish.
 */
export function readRecord(directory: string): ContainerRecord | undefined {
  const path = join(directory, RECORD);
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as Partial<ContainerRecord> | null;
    if (isRecord(record, basename(directory))) return record;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = `${path} is damaged, or of another version of x`;
  throw new ContainerError("X_CONTAINER_DAMAGED", message);
}

function isRecord(record: Partial<ContainerRecord> | null, id: string): record is ContainerRecord {
  const { version, id: own, name, layers, sandbox } = record ?? {};
  return (
    version === 1 &&
    own === id &&
    typeof name === "string" &&
    Array.isArray(layers) &&
    Array.isArray(sandbox?.args)
  );
}

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import type * as Koffi from "koffi";
import { KoffiMissingError } from "./koffi-missing-error.ts";
import { callableArch } from "./platform.ts";

/** The only types that cross into C: an `int`, and 64 bits that hold a `long` or an address. */
type Word = "int32" | "int64";

/** A function of the C library. 64-bit results that are no safe integers come back as bigint. */
export type Native = (...words: (number | bigint)[]) => number | bigint;

/** A descriptor in the event loop. None of this may be called once it is closed. */
export interface LoopHandle {
  close(): void;
  ref(): void;
  unref(): void;
}

/** All that this package asks of a foreign function interface; koffi now, `node:ffi` one day. */
export interface Libc {
  /** Finds a function of the process's own C library, glibc or musl. Not variadic. */
  declare(name: string, result: Word, parameters: readonly Word[]): Native;
  /** What the last declared function left in `errno`; any call of Node may overwrite it. */
  errno(): number;
  /** Where the bytes lie. Valid as long as something holds on to them. */
  address(bytes: Uint8Array): bigint;
  /** Calls back from the event loop's poll phase, outside of any callback scope of Node. */
  watch(fd: number, readable: () => void): LoopHandle;
}

let loaded: Libc | undefined;

/**
 * The C library of this process, loaded on the first call.
 *
 * @throws UnsupportedPlatformError anywhere but on Linux on x86-64 or arm64.
 * @throws KoffiMissingError when koffi or its binary is not installed.
 */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  callableArch(process.platform, process.arch);
  let koffi: typeof Koffi;
  let library: Koffi.LibraryHandle;
  try {
    koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
    library = koffi.load(null);
  } catch (cause) {
    throw new KoffiMissingError(cause);
  }
  if (!isMainThread) keepMapped(koffi, library);
  return {
    declare: (name, result, parameters) => library.func(name, result, [...parameters]) as Native,
    errno: () => koffi.errno(),
    address: (bytes) => koffi.address(bytes),
    watch: (fd, readable) => koffi.node.poll(fd, { readable: true }, readable),
  };
}

/**
 * Node unmaps an addon with the last worker thread that has it, and then lets the thread's event
 * loop close its handles, for which koffi 3.3 has code of its own: a segmentation fault. An addon
 * that is never unmapped has none. Source: dlopen(3) `RTLD_NODELETE`.
 */
function keepMapped(koffi: typeof Koffi, library: Koffi.LibraryHandle): void {
  const path = /\/.*\/koffi\.node$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[0];
  if (path === undefined) return;
  const dlopen = library.func("dlopen", "int64", ["int64", "int32"]) as Native;
  const name = Buffer.from(`${path}\0`);
  dlopen(koffi.address(name), RTLD_NOW | RTLD_NODELETE);
}

const RTLD_NOW = 0x2;
const RTLD_NODELETE = 0x1000;

import type { Arch, StructLayout } from "@x/syscall";

/** What an earlier step returned: a descriptor, a pid. */
export interface Result {
  readonly result: string;
}

/** Zeroed, writable memory of the launcher; as an argument it is its address. */
export interface Memory {
  readonly memory: string;
  readonly bytes: number;
}

/** A number that the kernel wrote into a {@link Memory}. */
export interface Load {
  readonly load: string;
  readonly offset: number;
  readonly bytes: 1 | 2 | 4 | 8;
}

/** A `char *[]` that ends with NULL, as `execve(2)` takes it. */
export interface Strings {
  readonly strings: readonly (string | Uint8Array)[];
}

/** A C struct; fields that are left out are zero. */
export interface Struct {
  readonly struct: StructLayout;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A string that is put together when the step runs; numbers are written in decimal. */
export interface Text {
  readonly text: readonly (string | Result | Load)[];
}

/** The descriptor over which the launcher talks to the Node process. */
export interface Channel {
  readonly channel: true;
}

/** The lowest descriptor above the channel, or a fixed one where there is no channel. */
export interface AfterChannel {
  readonly afterChannel: number;
}

/** Bytes that differ from CPU to CPU, such as a seccomp filter. */
export interface ByArch {
  readonly byArch: Readonly<Record<Arch, Uint8Array>>;
}

/** What may stand in a field of a {@link Struct}; a string, bytes or memory become their address. */
export type FieldValue =
  | number
  | bigint
  | string
  | Uint8Array
  | Result
  | Load
  | Memory
  | Struct
  | ByArch;

/** An argument of a step. */
export type Value =
  | number
  | bigint
  | string
  | Uint8Array
  | null
  | Result
  | Memory
  | Load
  | Strings
  | Struct
  | Text
  | Channel
  | AfterChannel
  | ByArch;

/** The result of the earlier step that was named `name` with `as`. */
export function result(name: string): Result {
  return { result: name };
}

/**
 * `bytes` of zeroed, writable memory under a name; its address as an argument. The same name is the
 * same memory, of the same size, and the child of a fork has a copy of it.
 */
export function memory(name: string, bytes: number): Memory {
  return { memory: name, bytes };
}

/** The `bytes`-wide unsigned number at `offset` of a {@link memory}, read when the step runs. */
export function load(name: string, offset: number, bytes: 1 | 2 | 4 | 8): Load {
  return { load: name, offset, bytes };
}

/** A NULL-terminated array of strings: the `argv` and `envp` of `execve(2)`. */
export function strings(list: readonly (string | Uint8Array)[]): Strings {
  return { strings: list };
}

/** A struct by one of the `layouts` of `@x/syscall`; fields that are left out are zero. */
export function struct(
  layout: StructLayout,
  fields: Readonly<Record<string, FieldValue>> = {},
): Struct {
  return { struct: layout, fields };
}

/** A string with numbers in it that are known only when the step runs, such as `/proc/PID/uid_map`. */
export function text(...parts: readonly (string | Result | Load)[]): Text {
  return { text: parts };
}

/** The channel to the Node process. Steps that use it are left out where there is none. */
export const channel: Channel = { channel: true };

/** The lowest descriptor that is not the caller's: above the channel, or `otherwise` without one. */
export function afterChannel(otherwise: number): AfterChannel {
  return { afterChannel: otherwise };
}

/** Bytes that differ from CPU to CPU; each launcher gets those of its own. */
export function byArch(bytes: Readonly<Record<Arch, Uint8Array>>): ByArch {
  return { byArch: bytes };
}

/** Marks the names of results and memory that are the launcher's own. */
export const INTERNAL = "%";

/** A name that no plan can take. */
export function internal(name: string): string {
  return `${INTERNAL}${name}`;
}

import type { FlagGroupName } from "./flag-group-name.ts";

/** What a parameter holds, which decides its range and how it is printed. */
export type ParameterType =
  | "fd"
  | "dirfd"
  | "path"
  | "string"
  | "int"
  | "uint"
  | "size"
  | "mode"
  | "pointer"
  | "signal"
  | "uid"
  | "gid"
  | "pid"
  | "dev";

/** One parameter of a system call, named as in its man page. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** The names for its values. */
  readonly flags?: FlagGroupName;
}

/** The parameters of some system calls. */
export type Signatures<Name extends string> = Readonly<Record<Name, readonly Parameter[]>>;

type Make = (name: string, flags?: FlagGroupName) => Parameter;

const ofType =
  (type: ParameterType): Make =>
  (name, flags) =>
    flags === undefined ? { name, type } : { name, type, flags };

export const fd: Make = ofType("fd");
export const int: Make = ofType("int");
export const uint: Make = ofType("uint");
export const size: Make = ofType("size");
export const string: Make = ofType("string");
export const pointer: Make = ofType("pointer");
export const path: Make = ofType("path");
export const pid: Make = ofType("pid");
export const uid: Make = ofType("uid");
export const gid: Make = ofType("gid");
export const dirfd: Make = (name) => ({ name, type: "dirfd", flags: "dirfd" });
export const mode: Make = (name) => ({ name, type: "mode", flags: "mode" });
export const signal: Make = (name) => ({ name, type: "signal", flags: "signal" });
export const dev: Make = ofType("dev");

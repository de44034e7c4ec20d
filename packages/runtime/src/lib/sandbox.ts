import type { Resources } from "@x/cgroups";
import type { NamespaceKind, IdMapping } from "@x/namespaces";
import type { CapabilityName } from "./plan/capabilities.ts";

/** A container in a few words. What is left out has a safe default. */
export interface Sandbox {
  /** What the container sees as `/`. */
  readonly root: Root;
  /** The command and its arguments; the command is looked for in `PATH`, inside the container. */
  readonly args: readonly string[];
  /** `NAME=value` entries, after the defaults `PATH`, `HOME` and `HOSTNAME`; the last one wins. */
  readonly env?: readonly string[];
  /** Where the command starts: an absolute path inside, `/` by default. It must exist. */
  readonly cwd?: string;
  /** Who the command runs as, by number; root of the container by default. */
  readonly user?: User;
  /** `x` by default. */
  readonly hostname?: string;
  /** `none` has a loopback device alone; `host` shares this machine's network. */
  readonly network?: "none" | "host";
  /** What else is to be seen inside. */
  readonly mounts?: readonly Mount[];
  /** A PID 1 of ours before the command: reaps orphans, passes signals on. */
  readonly init?: boolean;
  /** mount and pid always; all but user and time by default, and user where we are not root. */
  readonly namespaces?: readonly NamespaceKind[];
  /** Maps of the user namespace, as `linux.uidMappings` of an OCI config. */
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
  /** What root inside may do; the fourteen of Docker by default. */
  readonly capabilities?: readonly CapabilityName[];
  /** Devices of this machine to be seen inside, besides those every program expects. */
  readonly devices?: readonly Device[];
  /**
   * What all its processes may use together, as `linux.resources` of an OCI config: memory, CPU
   * time, processes. With it, or with `devices`, the container has a control group of its own.
   */
  readonly resources?: Resources;
}

/**
 * This machine's `/usr` and a little of `/etc`, a directory that holds a root file system, or
 * directories in a union.
 */
export type Root = "host" | DirectoryRoot | UnionRoot;

/** A directory that holds a root file system. */
export interface DirectoryRoot {
  readonly dir: string;
  /** It came from elsewhere: its devices cannot be opened, its set-user-ID programs give nothing. */
  readonly untrusted?: boolean;
  /** Absolute paths of directories inside that are made if they are missing. */
  readonly directories?: readonly string[];
}

/** Read-only directories, the layers of an image mostly, and a writable one on top. */
export interface UnionRoot {
  /** Absolute paths, the topmost first, with whiteouts as overlay has them. */
  readonly lower: readonly string[];
  /** Where writes go, with an empty directory beside it for overlay's work; memory unless given. */
  readonly upper?: string;
  readonly work?: string;
  /** Bytes that writes may take where there is no `upper`; 1 GiB by default. */
  readonly sizeBytes?: number;
  /** Absolute paths of directories inside that are made if they are missing. */
  readonly directories?: readonly string[];
}

/** A user by number, as the container knows it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids?: readonly number[];
}

/** Something to be seen at a path inside. */
export type Mount = BindMount | TmpfsMount;

/** A file or directory of this machine, with all that is mounted below it. */
export interface BindMount {
  readonly type: "bind";
  /** Absolute path here. */
  readonly source: string;
  /** Absolute path inside; made if it is missing, and resolved inside the container's root. */
  readonly destination: string;
  readonly readonly?: boolean;
}

/** Fresh memory. */
export interface TmpfsMount {
  readonly type: "tmpfs";
  readonly destination: string;
  /** Bytes it may hold; 64 MiB by default. */
  readonly sizeBytes?: number;
  /** Permissions of its root; 0o1777 by default. */
  readonly mode?: number;
}

/** A device node of this machine. */
export interface Device {
  /** Absolute path here. */
  readonly source: string;
  /** Absolute path inside, below `/dev`; the same as here unless given. */
  readonly destination?: string;
  /** Of `r`ead, `w`rite and `m`ake nodes; all three unless given. */
  readonly access?: string;
}

/** `PATH` unless `env` says otherwise, as Docker sets it. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** The host name of a container that was given none. */
export const DEFAULT_HOSTNAME = "x";

import { posix } from "node:path";
import { isSignalName, signalName, type SignalName } from "@x/syscall";
import type { ExecutionConfig, ImageConfig } from "@x/image";
import { SandboxError } from "../error.ts";
import { commandOf, environmentOf } from "../image/command.ts";
import { resolveUser, type UserDatabase } from "../image/user.ts";
import type { BindMount, DirectoryRoot, Sandbox, UnionRoot } from "../sandbox.ts";
import type { ContainerOptions } from "./container-options.ts";

/** What a container of an image is, as plain data. */
export interface ImageContainer {
  readonly sandbox: Sandbox;
  readonly stopSignal: SignalName;
  /** Paths that a mount covers, or that are volumes. */
  readonly covered: readonly string[];
}

/** What there is to know of this machine. */
export interface HostFacts {
  /** We are root, and may set groups. */
  readonly root: boolean;
  /** What there is of the files that tell how names are looked up in its network. */
  readonly networkFiles: readonly string[];
}

/** What is always mounted. */
const OWN_MOUNTS = ["/dev", "/proc", "/sys"] as const;

/**
 * The container that an image's configuration and the caller's options describe together. A pure
 * function. Labels and annotations of an image are for people and change nothing. Throws
 * `SandboxError`. Source: OCI config.md, "Properties"; conversion.md.
 */
export function describeImage(
  { config = {} }: Pick<ImageConfig, "config">,
  root: DirectoryRoot | UnionRoot,
  database: UserDatabase,
  options: ContainerOptions,
  host: HostFacts,
): ImageContainer {
  const { args, entrypoint, user: wanted, stopSignal } = options;
  const sandbox = sandboxPart(options);
  const user = resolveUser(wanted ?? config.User ?? "", database);
  const cwd = sandbox.cwd ?? directoryOf(config.WorkingDir ?? "/", "cwd");
  const volumes = Object.keys(config.Volumes ?? {}).flatMap((path) => {
    const directory = directoryOf(path, "volumes");
    return directory === "/" ? [] : [directory];
  });
  const names = sandbox.network === "host" ? host.networkFiles : [];
  const mounts = [...names.map(readOnly), ...(sandbox.mounts ?? [])];
  return {
    sandbox: {
      ...sandbox,
      root: { ...root, directories: [...new Set([cwd, ...volumes])].filter((one) => one !== "/") },
      args: commandOf(config, {
        ...(args === undefined ? {} : { args }),
        ...(entrypoint === undefined ? {} : { entrypoint }),
      }),
      env: environmentOf(config, user.home, sandbox.env),
      cwd,
      mounts,
      user: {
        uid: user.uid,
        gid: user.gid,
        // With one mapped id nobody can set groups.
        ...(host.root ? { additionalGids: user.additionalGids } : {}),
      },
    },
    stopSignal: stopSignalOf(stopSignal, config),
    covered: [...OWN_MOUNTS, ...volumes, ...mounts.map(({ destination }) => destination)],
  };
}

/** What of the options is the sandbox's as it stands. */
function sandboxPart({
  args: _args,
  entrypoint: _entrypoint,
  user: _user,
  name: _name,
  stopSignal: _stopSignal,
  ephemeral: _ephemeral,
  image: _image,
  signal: _signal,
  onProgress: _onProgress,
  ...sandbox
}: ContainerOptions): Omit<Sandbox, "root" | "args" | "user"> {
  return sandbox;
}

function readOnly(path: string): BindMount {
  return { type: "bind", source: path, destination: path, readonly: true };
}

/** A path of an image's configuration, inside: `..` leads nowhere above the root. */
function directoryOf(path: string, field: string): string {
  if (path.includes("\0")) throw new SandboxError(field, "the image's path has a NUL byte");
  return posix.resolve("/", path);
}

/** `SIGTERM`, `TERM` or `15`; what an image says wrongly counts as nothing said. */
function stopSignalOf(
  wanted: string | undefined,
  { StopSignal = "" }: ExecutionConfig,
): SignalName {
  if (wanted === undefined) return signalOf(StopSignal) ?? "SIGTERM";
  const signal = signalOf(wanted);
  if (signal !== undefined) return signal;
  throw new SandboxError("stopSignal", `no signal is named ${JSON.stringify(wanted)}`);
}

function signalOf(text: string): SignalName | undefined {
  if (/^\d{1,2}$/.test(text)) return signalName(Number(text));
  const name = `SIG${text.toUpperCase().replace(/^SIG/, "")}`;
  return isSignalName(name) ? name : undefined;
}

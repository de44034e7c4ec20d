import { resolve } from "node:path";
import { SandboxError } from "../error.ts";
import type { BindMount, Device, Root, Sandbox, User } from "../sandbox.ts";
import type { ContainerOptions } from "../containers/container-options.ts";
import { resourcesOf } from "./limits.ts";
import type { Flags, Invocation } from "./invocation.ts";
import { UsageError } from "./usage-error.ts";

/** What the options of a command line say about a container, whatever its root. */
type Described = Omit<Sandbox, "root" | "args" | "user">;

/** Takes the options of a command line for a container. Throws `SandboxError` with the field. */
function describeOptions(flags: Flags): Described {
  const resources = resourcesOf(flags);
  const { workdir, hostname, net } = flags.values;
  const { env = [], volume = [], device = [] } = flags.lists;
  return {
    env: env.flatMap(environmentEntry),
    mounts: volume.map(bindOf),
    init: flags.switches.has("init"),
    ...(resources === undefined ? {} : { resources }),
    ...(device.length === 0 ? {} : { devices: device.map(deviceOf) }),
    ...(net === undefined ? {} : { network: networkOf(net) }),
    ...(workdir === undefined ? {} : { cwd: workdir }),
    ...(hostname === undefined ? {} : { hostname }),
  };
}

/**
 * The container that a command line describes; undefined if its root is an image. Throws
 * `SandboxError` with the field.
 */
export function describe({ words, flags }: Invocation): Sandbox | undefined {
  const [root = "", ...program] = words;
  const place = rootOf(root);
  if (place === undefined) return undefined;
  if (flags.values["entrypoint"] !== undefined) {
    throw new UsageError(`${root} has no entrypoint: name the program behind it`);
  }
  if (program.length === 0) throw new UsageError(`nothing to run in ${root}`);
  const { user } = flags.values;
  return {
    root: place,
    args: program,
    ...describeOptions(flags),
    ...(user === undefined ? {} : { user: userOf(user) }),
  };
}

/** What a command line says about a container of an image. */
export function describeImageOptions(program: readonly string[], flags: Flags): ContainerOptions {
  const { user, entrypoint, name, "stop-signal": stopSignal } = flags.values;
  return {
    ...describeOptions(flags),
    ...(program.length === 0 ? {} : { args: program }),
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint === "" ? [] : [entrypoint] }),
    ...(user === undefined ? {} : { user }),
    ...(name === undefined ? {} : { name }),
    ...(stopSignal === undefined ? {} : { stopSignal }),
    ephemeral: flags.switches.has("rm"),
  };
}

function rootOf(root: string): Root | undefined {
  if (root === "host") return root;
  return root.startsWith("dir:") ? { dir: resolve(root.slice("dir:".length)) } : undefined;
}

function networkOf(net: string): "none" | "host" {
  if (net === "none" || net === "host") return net;
  throw new SandboxError("network", `${JSON.stringify(net)} is neither none nor host`);
}

/** As docker does: a name alone takes the value it has here, and nothing when it has none. */
function environmentEntry(entry: string): string[] {
  if (!/^[A-Za-z_]\w*$/.test(entry)) return [entry];
  const value = process.env[entry];
  return value === undefined ? [] : [`${entry}=${value}`];
}

function userOf(text: string): User {
  const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text);
  if (match === null) {
    throw new SandboxError("user", `${JSON.stringify(text)} is not uid or uid:gid, by number`);
  }
  const uid = Number(match[1]);
  return { uid, gid: match[2] === undefined ? 0 : Number(match[2]) };
}

function bindOf(text: string, i: number): BindMount {
  const [source, destination, mode = "rw", ...rest] = text.split(":");
  const wellFormed = source && destination && rest.length === 0 && /^r[ow]$/.test(mode);
  if (!wellFormed) {
    throw new SandboxError(
      `mounts[${i}]`,
      `${JSON.stringify(text)} is not SOURCE:DESTINATION or SOURCE:DESTINATION:ro`,
    );
  }
  return { type: "bind", source: resolve(source), destination, readonly: mode === "ro" };
}

/** As docker does: what comes second may be the access, if it can be nothing else. */
function deviceOf(text: string, i: number): Device {
  const [source, ...rest] = text.split(":");
  const access = rest.length > 0 && /^[rwm]+$/.test(rest.at(-1)!) ? rest.pop() : undefined;
  const [destination, ...more] = rest;
  if (!source || destination === "" || more.length > 0) {
    const message = `--device ${JSON.stringify(text)} is not SOURCE[:DESTINATION][:rwm]`;
    throw new SandboxError(`devices[${i}]`, message);
  }
  return {
    source: resolve(source),
    ...(destination === undefined ? {} : { destination }),
    ...(access === undefined ? {} : { access }),
  };
}

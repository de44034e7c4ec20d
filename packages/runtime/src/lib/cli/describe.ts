import { resolve } from "node:path";
import { SandboxError } from "../error.ts";
import type { BindMount, Device, Root, Sandbox, User } from "../sandbox.ts";
import { resourcesOf } from "./limits.ts";
import type { Invocation } from "./parse.ts";

/** The container that a command line describes. Throws `SandboxError` with the field. */
export function describe({ root, words, flags }: Invocation): Sandbox {
  const resources = resourcesOf(flags);
  const { workdir, user, hostname, net } = flags.values;
  return {
    root: rootOf(root),
    args: words,
    env: flags.env.flatMap(environmentEntry),
    mounts: flags.volume.map(bindOf),
    init: flags.switches.has("init"),
    ...(resources === undefined ? {} : { resources }),
    ...(flags.device.length === 0 ? {} : { devices: flags.device.map(deviceOf) }),
    ...(net === undefined ? {} : { network: networkOf(net) }),
    ...(workdir === undefined ? {} : { cwd: workdir }),
    ...(user === undefined ? {} : { user: userOf(user) }),
    ...(hostname === undefined ? {} : { hostname }),
  };
}

function rootOf(root: string): Root {
  if (root === "host") return root;
  if (root.startsWith("dir:")) return { dir: resolve(root.slice("dir:".length)) };
  throw new SandboxError("root", `${JSON.stringify(root)} is neither host nor dir:PATH`);
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

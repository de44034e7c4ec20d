import type { Options } from "./option-shape.ts";

/** What the command line can say about a container. */
export const containerOptions: Options = {
  env: {
    type: "string",
    short: "e",
    multiple: true,
    value: "NAME[=VALUE]",
    help: "an environment entry; a name alone takes ours",
  },
  workdir: { type: "string", short: "w", value: "PATH", help: "where the command starts" },
  user: {
    type: "string",
    short: "u",
    value: "USER[:GROUP]",
    help: "who it runs as, by number; in an image also by name",
  },
  volume: {
    type: "string",
    short: "v",
    multiple: true,
    value: "SOURCE:DESTINATION[:ro]",
    help: "a file or directory from here",
  },
  hostname: { type: "string", value: "NAME", help: "its host name (x)" },
  net: { type: "string", value: "none|host", help: "loopback alone (none), or our network" },
  memory: { type: "string", short: "m", value: "SIZE", help: "as much memory: 512m, 1.5g" },
  "memory-swap": {
    type: "string",
    value: "SIZE|-1",
    help: "as much memory and swap together (no swap)",
  },
  cpus: { type: "string", value: "NUMBER", help: "as many CPUs' time: 0.5, 2" },
  "cpu-shares": {
    type: "string",
    value: "NUMBER",
    help: "its share of scarce CPU time; 1024 is usual",
  },
  "cpuset-cpus": { type: "string", value: "LIST", help: "only these CPUs: 0-2,4" },
  "cpuset-mems": { type: "string", value: "LIST", help: "only memory of these nodes" },
  "pids-limit": { type: "string", value: "NUMBER|-1", help: "as many processes and threads" },
  device: {
    type: "string",
    multiple: true,
    value: "SOURCE[:DESTINATION][:rwm]",
    help: "a device from here, and how it may be used",
  },
  init: { type: "boolean", help: "a PID 1 of ours: reaps orphans, passes signals on" },
  entrypoint: {
    type: "string",
    value: "PROGRAM",
    help: "instead of the image's entrypoint and command",
  },
};

/** Which image is meant, and where it comes from. */
export const pullOptions: Options = {
  platform: {
    type: "string",
    value: "OS/ARCH[/VARIANT]",
    help: "of an image for several platforms, this one (this machine's)",
  },
};

/** How registries are reached. */
export const registryOptions: Options = {
  "plain-http": {
    type: "boolean",
    help: "speak HTTP to the registry; to this machine we do anyway",
  },
  ca: { type: "string", value: "FILE", help: "certificates to trust besides the usual (PEM)" },
  insecure: { type: "boolean", help: "trust any certificate" },
  mirror: {
    type: "string",
    multiple: true,
    value: "HOST",
    help: "a registry to ask first",
  },
};

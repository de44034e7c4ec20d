import { containerOptions, pullOptions, registryOptions } from "./container-options.ts";
import type { Options } from "./option-shape.ts";
import type { Action } from "./invocation.ts";

/** One of the things that `x` does. */
export interface CommandShape {
  /** What follows the name, in the help. */
  readonly usage: string;
  readonly help: string;
  readonly options: Options;
  /** How many words it takes; the last of a `program` command begin a program of its own. */
  readonly words: readonly [least: number, most: number] | "program";
  readonly load: () => Promise<Action>;
}

const json: Options = {
  format: { type: "string", value: "table|json", help: "how to print it (table)" },
};
const jsonLines: Options = {
  format: {
    type: "string",
    value: "text|json",
    help: "how to print the result and the progress (text)",
  },
};
const quiet: Options = {
  quiet: { type: "boolean", short: "q", help: "say nothing but the result" },
};
const output: Options = {
  output: { type: "string", short: "o", value: "FILE", help: "where to write it" },
};
const changes: Options = {
  change: {
    type: "string",
    short: "c",
    multiple: true,
    value: "INSTRUCTION",
    help: "a line of a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR",
  },
  message: { type: "string", short: "m", value: "TEXT", help: "for the history" },
  author: { type: "string", short: "a", value: "NAME", help: "who made it" },
};

/** All commands, by the one or two words that name them. */
export const commands: Readonly<Record<string, CommandShape>> = {
  run: {
    usage: "[OPTIONS] ROOT [--] [PROGRAM [ARGUMENTS]]",
    help: "run a command in a container, and exit the way it does",
    options: {
      ...containerOptions,
      ...pullOptions,
      ...registryOptions,
      pull: {
        type: "string",
        value: "missing|always|never",
        help: "when to ask the registry for the image (missing)",
      },
      name: { type: "string", value: "NAME", help: "a name for a container of an image" },
      "stop-signal": {
        type: "string",
        value: "SIGNAL",
        help: "what SIGTERM becomes (the image's, or SIGTERM)",
      },
      interactive: {
        type: "boolean",
        short: "i",
        help: "the command reads our standard input",
      },
      rm: {
        type: "boolean",
        help: "leave nothing behind; of other roots than images nothing ever stays",
      },
      trace: { type: "boolean", help: "print how long each system call took" },
      ...quiet,
    },
    words: "program",
    load: async () => (await import("./commands/run.ts")).run,
  },
  explain: {
    usage: "[OPTIONS] ROOT [--] [PROGRAM [ARGUMENTS]]",
    help: "print the system calls that run would make",
    options: {
      ...containerOptions,
      ...pullOptions,
      standalone: { type: "boolean", help: "what the file of compile does, instead" },
      json: { type: "boolean", help: "as an array of objects" },
    },
    words: "program",
    load: async () => (await import("./commands/explain.ts")).explainCommand,
  },
  compile: {
    usage: "[OPTIONS] -o FILE ROOT [--] [PROGRAM [ARGUMENTS]]",
    help: "write the container as an executable that needs nothing but Linux",
    options: {
      ...containerOptions,
      ...pullOptions,
      ...output,
      arch: { type: "string", value: "x64|arm64", help: "the CPU it is for (this one's)" },
    },
    words: "program",
    load: async () => (await import("./commands/compile.ts")).compileCommand,
  },
  ps: {
    usage: "[OPTIONS]",
    help: "list the containers of images, those that have ended as well",
    options: { ...json, ...quiet },
    words: [0, 0],
    load: async () => (await import("./commands/containers.ts")).list,
  },
  rm: {
    usage: "CONTAINER…",
    help: "delete containers that have ended",
    options: {},
    words: [1, Infinity],
    load: async () => (await import("./commands/containers.ts")).remove,
  },
  diff: {
    usage: "[OPTIONS] CONTAINER",
    help: "list what a container has added (A), changed (C) and deleted (D)",
    options: json,
    words: [1, 1],
    load: async () => (await import("./commands/containers.ts")).diff,
  },
  commit: {
    usage: "[OPTIONS] CONTAINER IMAGE",
    help: "make an image of a container",
    options: { ...changes, ...quiet },
    words: [2, 2],
    load: async () => (await import("./commands/commit.ts")).commit,
  },
  pull: {
    usage: "[OPTIONS] IMAGE",
    help: "get an image from a registry, and unpack it",
    options: {
      ...pullOptions,
      "all-platforms": { type: "boolean", help: "all of them" },
      ...registryOptions,
      ...jsonLines,
      ...quiet,
    },
    words: [1, 1],
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  push: {
    usage: "[OPTIONS] IMAGE [DESTINATION]",
    help: "give an image to a registry",
    options: { ...registryOptions, ...jsonLines, ...quiet },
    words: [1, 2],
    load: async () => (await import("./commands/push.ts")).push,
  },
  images: {
    usage: "[OPTIONS]",
    help: "list the images that are here",
    options: { ...json, ...quiet },
    words: [0, 0],
    load: async () => (await import("./commands/images.ts")).images,
  },
  rmi: {
    usage: "[OPTIONS] IMAGE…",
    help: "delete images, and what no other needs of them",
    options: { force: { type: "boolean", short: "f", help: "even if a container needs it" } },
    words: [1, Infinity],
    load: async () => (await import("./commands/images.ts")).removeImages,
  },
  tag: {
    usage: "IMAGE NAME",
    help: "give an image another name",
    options: {},
    words: [2, 2],
    load: async () => (await import("./commands/images.ts")).tag,
  },
  history: {
    usage: "[OPTIONS] IMAGE",
    help: "list the steps in which an image was made",
    options: { ...json },
    words: [1, 1],
    load: async () => (await import("./commands/inspect.ts")).history,
  },
  inspect: {
    usage: "IMAGE|CONTAINER…",
    help: "print what is known of images and containers, as JSON",
    options: {},
    words: [1, Infinity],
    load: async () => (await import("./commands/inspect.ts")).inspect,
  },
  load: {
    usage: "[OPTIONS] FILE|DIRECTORY",
    help: "take images out of an archive of docker save or an OCI layout",
    options: {
      ...pullOptions,
      name: { type: "string", value: "NAME", help: "what to call an image that has no name" },
      ...jsonLines,
      ...quiet,
    },
    words: [1, 1],
    load: async () => (await import("./commands/load.ts")).load,
  },
  save: {
    usage: "[OPTIONS] -o FILE IMAGE",
    help: "write an image to an archive",
    options: {
      ...output,
      as: {
        type: "string",
        value: "oci|oci-directory|docker",
        help: "an OCI layout as a tar or a directory, or what docker load reads (oci)",
      },
      ...jsonLines,
      ...quiet,
    },
    words: [1, 1],
    load: async () => (await import("./commands/save.ts")).save,
  },
  import: {
    usage: "[OPTIONS] DIRECTORY|FILE IMAGE",
    help: "make an image of one layer from a root file system, or a tar of one",
    options: { ...changes, ...pullOptions, ...quiet },
    words: [2, 2],
    load: async () => (await import("./commands/import.ts")).importRoot,
  },
  export: {
    usage: "[OPTIONS] -o FILE|DIRECTORY/ CONTAINER|IMAGE",
    help: "write a whole root file system as a tar, or into a new directory",
    options: { ...output, ...quiet },
    words: [1, 1],
    load: async () => (await import("./commands/export.ts")).exportRoot,
  },
  login: {
    usage: "[OPTIONS] [REGISTRY]",
    help: "keep a name and a password for a registry",
    options: {
      username: { type: "string", short: "u", value: "NAME", help: "the name" },
      password: {
        type: "string",
        short: "p",
        value: "WORD",
        help: "the password; seen by others in ps",
      },
      "password-stdin": { type: "boolean", help: "the password is what standard input has" },
      ...registryOptions,
    },
    words: [0, 1],
    load: async () => (await import("./commands/login.ts")).loginCommand,
  },
  logout: {
    usage: "[REGISTRY]",
    help: "forget them",
    options: {},
    words: [0, 1],
    load: async () => (await import("./commands/login.ts")).logoutCommand,
  },
  "system df": {
    usage: "[OPTIONS]",
    help: "show what the store takes of the disk",
    options: json,
    words: [0, 0],
    load: async () => (await import("./commands/system.ts")).diskUsage,
  },
  "system prune": {
    usage: "[OPTIONS]",
    help: "delete containers that have ended, and what no image and no container needs",
    options: {
      all: { type: "boolean", short: "a", help: "images that no container needs as well" },
      ...json,
    },
    words: [0, 0],
    load: async () => (await import("./commands/system.ts")).prune,
  },
  "system check": {
    usage: "[OPTIONS]",
    help: "find what is damaged or left behind in the store, and mend it",
    options: {
      "dry-run": { type: "boolean", help: "find it only" },
      verify: { type: "boolean", help: "read everything and compare it with its digest" },
      ...json,
    },
    words: [0, 0],
    load: async () => (await import("./commands/system.ts")).check,
  },
};

/** What the command line can say about a container, and about what to do with it. */
export const options: Readonly<Record<string, OptionShape>> = {
  env: {
    type: "string",
    short: "e",
    multiple: true,
    value: "NAME[=VALUE]",
    help: "an environment entry; a name alone takes ours",
  },
  workdir: { type: "string", short: "w", value: "PATH", help: "where the command starts" },
  user: { type: "string", short: "u", value: "UID[:GID]", help: "who it runs as, by number" },
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
  interactive: {
    type: "boolean",
    short: "i",
    commands: ["run"],
    help: "the command reads our standard input",
  },
  rm: {
    type: "boolean",
    commands: ["run"],
    help: "leave nothing behind, as always (for docker's sake)",
  },
  trace: { type: "boolean", commands: ["run"], help: "print how long each system call took" },
  standalone: {
    type: "boolean",
    commands: ["explain"],
    help: "what the file of compile does, instead",
  },
  json: { type: "boolean", commands: ["explain"], help: "as an array of objects" },
  output: {
    type: "string",
    short: "o",
    commands: ["compile"],
    value: "FILE",
    help: "where to write it",
  },
  arch: {
    type: "string",
    commands: ["compile"],
    value: "x64|arm64",
    help: "the CPU it is for (this one's)",
  },
  help: { type: "boolean", short: "h", help: "show this" },
};

/** What an option takes, and what is said about it. */
export interface OptionShape {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** The commands that have it; all of them unless given. */
  readonly commands?: readonly string[];
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

/** The commands, and what they do. */
export const commands: Readonly<Record<CommandName, string>> = {
  run: "run a command in a container, and exit the way it does",
  explain: "print the system calls that run would make",
  compile: "write the container as an executable that needs nothing but Linux",
};

/** The first word of a command line. */
export type CommandName = "run" | "explain" | "compile";

/** The text of `x --help`. */
export function help(): string {
  const rows = Object.entries(options).map(
    ([name, { short, value, commands: only, help: text }]) => {
      const left = `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
      return `${left.padEnd(43)}${only === undefined ? "" : `(${only.join(", ")}) `}${text}\n`;
    },
  );
  const list = Object.entries(commands).map(([name, text]) => `  ${name.padEnd(9)}${text}\n`);
  return [
    "Usage: x COMMAND [OPTIONS] ROOT [--] PROGRAM [ARGUMENTS]\n\n",
    ...list,
    "\nROOT is host (this machine's programs, nothing else of it) or dir:PATH.\n\n",
    ...rows,
    "\nLimits (--memory to --device) are a control group's; compile has none of them, for the file\n",
    "it writes has nobody to make one: limit that from outside.\n",
  ].join("");
}

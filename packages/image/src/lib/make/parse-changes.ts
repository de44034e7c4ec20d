import { ImageError } from "../error.ts";
import type { ConfigEdits } from "./edit-config.ts";
import { splitWords } from "./words.ts";

type Mutable = { -readonly [Key in keyof ConfigEdits]: ConfigEdits[Key] };
type Instruction = (edits: Mutable, rest: string, line: string) => void;

/** Instructions as a Dockerfile has them, those that change how an image runs. */
const instructions: Readonly<Record<string, Instruction>> = {
  CMD: (edits, rest) => void (edits.cmd = command(rest)),
  ENTRYPOINT: (edits, rest) => void (edits.entrypoint = command(rest)),
  ENV: (edits, rest, line) => void (edits.env = { ...edits.env, ...pairs(rest, line) }),
  EXPOSE: (edits, rest) =>
    void (edits.exposedPorts = [...(edits.exposedPorts ?? []), ...splitWords(rest).map(port)]),
  LABEL: (edits, rest, line) => void (edits.labels = { ...edits.labels, ...pairs(rest, line) }),
  MAINTAINER: (edits, rest) => void (edits.author = rest),
  STOPSIGNAL: (edits, rest) => void (edits.stopSignal = splitWords(rest)[0] ?? null),
  USER: (edits, rest) => void (edits.user = splitWords(rest)[0] ?? null),
  VOLUME: (edits, rest) =>
    void (edits.volumes = [...(edits.volumes ?? []), ...(jsonList(rest) ?? splitWords(rest))]),
  WORKDIR: (edits, rest) =>
    void (edits.workingDir = join(edits.workingDir, splitWords(rest)[0] ?? "")),
};

/**
 * Reads changes as `docker commit --change` takes them: `CMD ["sh"]`, `ENV A=b`, `USER 1000`. As in
 * a Dockerfile, an ENTRYPOINT without a CMD beside it takes the old CMD away, which belonged to the
 * old one. Throws `X_IMAGE_INVALID`. Pure.
 */
export function parseChanges(lines: readonly string[]): ConfigEdits {
  const edits: Mutable = {};
  for (const line of lines) {
    const [, name = "", rest = ""] = /^\s*([A-Za-z]+)\s*([^]*?)\s*$/.exec(line) ?? [];
    const key = name.toUpperCase();
    if (!Object.hasOwn(instructions, key)) {
      throw invalid(line, "is no change that can be made to an image", {
        hint: `It begins with one of ${Object.keys(instructions).join(", ")}`,
      });
    }
    if (rest === "") throw invalid(line, "lacks what is to be set");
    instructions[key]!(edits, rest, line);
  }
  if (edits.entrypoint !== undefined && edits.cmd === undefined) edits.cmd = null;
  return edits;
}

/** A list in JSON is run as it is, anything else by a shell. */
function command(text: string): readonly string[] {
  return jsonList(text) ?? ["/bin/sh", "-c", text];
}

function jsonList(text: string): string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  } catch {
    return undefined;
  }
  return undefined;
}

/** `A=b C="d e"`, or as of old `A b`. */
function pairs(text: string, line: string): Record<string, string> {
  const words = splitWords(text);
  if (words[0]?.includes("=") !== true) {
    const [, name, value] = /^(\S+)\s+([^]+)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) throw invalid(line, "lacks a value");
    return { [name]: value };
  }
  const entries = words.map((word): [string, string] => {
    const at = word.indexOf("=");
    if (at < 1) throw invalid(line, `has ${JSON.stringify(word)} where NAME=VALUE is wanted`);
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

function port(text: string): string {
  const [, number = "", last = number] =
    /^(\d+)(?:-(\d+))?(?:\/(?:tcp|udp|sctp))?$/.exec(text) ?? [];
  const isPort = (value: string): boolean => Number(value) >= 1 && Number(value) <= 65_535;
  if (isPort(number) && isPort(last) && Number(number) <= Number(last)) return text;
  throw invalid(`EXPOSE ${text}`, "names no port", { hint: "Write it as 80, 53/udp or 8000-8010" });
}

function join(folder: string | null | undefined, path: string): string {
  return folder === undefined || folder === null || path.startsWith("/")
    ? path
    : `${folder}/${path}`;
}

function invalid(line: string, reason: string, details: { hint?: string } = {}): ImageError {
  const text = JSON.stringify(line.slice(0, 200));
  return new ImageError("X_IMAGE_INVALID", `${text} ${reason}`, { field: "changes", ...details });
}

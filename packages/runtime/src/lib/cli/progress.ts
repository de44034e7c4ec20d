import type { WriteStream } from "node:tty";
import type { Progress } from "@x/image";
import type { Flags } from "./invocation.ts";
import { bytesText, jsonText } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** Somebody who is told how work goes on. */
export interface ProgressView extends Disposable {
  readonly onProgress?: (progress: Progress) => void;
}

const BAR = 24;
const REDRAW_MS = 80;

/**
 * Bars on a terminal, a line for each piece of work that ends elsewhere, nothing with `--quiet`;
 * with `--format json` a line of JSON each time. Throws `UsageError` for another format.
 */
export function progressView(
  { switches, values }: Flags,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressView {
  const { format = "text" } = values;
  if (format !== "text" && format !== "json") {
    throw new UsageError(`--format ${format} is neither text nor json`);
  }
  if (switches.has("quiet")) return { [Symbol.dispose]() {} };
  if (format === "json") return jsonLines(stream);
  return stream.isTTY ? bars(stream) : lines(stream);
}

function jsonLines(stream: NodeJS.WritableStream): ProgressView {
  return {
    onProgress: (progress) => void stream.write(`${jsonText(progress, 0)}\n`),
    [Symbol.dispose]() {},
  };
}

function lines(stream: NodeJS.WritableStream): ProgressView {
  return {
    onProgress: (progress) => {
      if (progress.state === "done" || progress.state === "exists") {
        stream.write(`${lineOf(progress)}\n`);
      }
    },
    [Symbol.dispose]() {},
  };
}

function bars(stream: WriteStream): ProgressView {
  const active = new Map<string, Progress>();
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = (finished?: Progress): void => {
    clearTimeout(timer);
    timer = undefined;
    const rows = (stream.rows ?? 24) - 1;
    const columns = stream.columns ?? 80;
    const now = [...active.values()].slice(0, rows).map((one) => barOf(one).slice(0, columns - 1));
    const up = drawn === 0 ? "" : `\u001B[${drawn}A`;
    const done = finished === undefined ? [] : [lineOf(finished).slice(0, columns - 1)];
    // Each line is cleared before it is written, and all that were below as well.
    stream.write(`${up}\u001B[J${[...done, ...now].map((line) => `${line}\n`).join("")}`);
    drawn = now.length;
  };
  return {
    onProgress: (progress) => {
      const key = `${progress.phase} ${progress.digest}`;
      if (progress.state === "done" || progress.state === "exists") {
        active.delete(key);
        draw(progress);
      } else {
        active.set(key, progress);
        timer ??= setTimeout(draw, REDRAW_MS).unref();
      }
    },
    [Symbol.dispose]() {
      active.clear();
      draw();
    },
  };
}

const words = {
  download: ["downloading", "downloaded"],
  upload: ["uploading", "uploaded"],
  unpack: ["unpacking", "unpacked"],
  pack: ["packing", "packed"],
} as const;

function lineOf({ phase, digest, total, state }: Progress): string {
  const what = state === "exists" ? "already there" : words[phase][1];
  return `${short(digest)} ${what}${state === "exists" ? "" : ` ${bytesText(total)}`}`;
}

function barOf({ phase, digest, bytes, total }: Progress): string {
  const share = total === 0 ? 1 : Math.min(1, bytes / total);
  const full = Math.round(share * BAR);
  const bar = `${"█".repeat(full)}${"·".repeat(BAR - full)}`;
  const count = `${bytesText(bytes)}/${bytesText(total)}`;
  return `${short(digest)} ${words[phase][0].padEnd(11)} ${bar} ${count}`;
}

function short(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}

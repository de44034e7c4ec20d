import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Progress } from "@x/image";
import { progressView } from "./progress.ts";

const digest = `sha256:${"a".repeat(64)}` as const;
const one: Progress = {
  phase: "download",
  digest,
  mediaType: "x",
  bytes: 500,
  total: 1000,
  state: "running",
};

function seen(
  isTTY: boolean,
  quiet: boolean,
  events: readonly Progress[],
  values: Readonly<Record<string, string>> = {},
): string {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  Object.assign(stream, { isTTY, rows: 24, columns: 60 });
  const flags = { lists: {}, values, switches: new Set(quiet ? ["quiet"] : []) };
  {
    using view = progressView(flags, stream as unknown as NodeJS.WriteStream);
    for (const event of events) view.onProgress?.(event);
  }
  return text;
}

const events: Progress[] = [
  { ...one, state: "started", bytes: 0 },
  one,
  { ...one, state: "done", bytes: 1000 },
  { ...one, state: "exists", digest: `sha256:${"b".repeat(64)}` },
];

describe("progress", () => {
  test("is a line for each piece that is done where there is no terminal", () => {
    expect(seen(false, false, events)).toBe(
      "aaaaaaaaaaaa downloaded 1kB\nbbbbbbbbbbbb already there\n",
    );
  });

  test("is drawn over itself on a terminal, and leaves the lines that are done", () => {
    const text = seen(true, false, events);
    expect(text).toContain("\u001B[J");
    expect(text).toContain("aaaaaaaaaaaa downloaded 1kB\n");
  });

  test("never writes a line longer than the terminal is wide", () => {
    const lines = seen(true, false, [...events, one]).split("\n");
    // oxlint-disable-next-line no-control-regex
    const plain = lines.map((line) => line.replace(/\u001B\[\d*[A-Z]/g, ""));
    expect(Math.max(...plain.map((line) => line.length))).toBeLessThan(60);
  });

  test("is a line of JSON each time when that is asked for, on a terminal as well", () => {
    const lines = seen(true, false, events, { format: "json" }).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as Progress)).toEqual(events);
    expect(seen(true, true, events, { format: "json" })).toBe("");
    expect(() => seen(true, true, [], { format: "xml" })).toThrow(/xml is neither text nor json/);
  });

  test("says nothing when it is to be quiet", () => {
    expect(seen(true, true, events)).toBe("");
    expect(seen(false, true, events)).toBe("");
  });
});

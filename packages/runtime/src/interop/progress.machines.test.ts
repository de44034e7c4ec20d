import { join } from "node:path";
import type { Progress } from "@x/image";
import { makeManyLayerImage, startRegistry, type TestRegistry } from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaint } from "../testing/complaint.ts";
import { onTerminal } from "../testing/terminal.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";

describe.skipIf(missing !== undefined)(`x tells how it gets on${reason}`, () => {
  let work: Workplace;
  let registry: TestRegistry;
  let image: string;
  const storeOf = (name: string): Record<string, string> => ({
    X_STORE: join(work.directory, name),
  });

  beforeAll(async () => {
    work = await openWorkplace();
    registry = await startRegistry();
    const layout = join(work.directory, "layout");
    makeManyLayerImage(layout, { layers: 4, files: 2, bytes: 100_000 });
    image = `${registry.host}/test/many`;
    const to = ["--dest-tls-verify=false", `docker://${image}`];
    await work.tool("skopeo", "copy", `oci:${layout}:many`, ...to);
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  test("in a line for each thing done where there is no terminal", async () => {
    const { status, stdout, stderr } = await work.xIn({ env: storeOf("lines") }, "pull", image);
    expect([status, stdout.startsWith(`${image}:latest@sha256:`)]).toEqual([0, true]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.filter((line) => /^[0-9a-f]{12} downloaded \S+B$/.test(line))).toHaveLength(5);
    expect(lines.filter((line) => /^[0-9a-f]{12} unpacked \S+B$/.test(line))).toHaveLength(4);
    expect(lines).toHaveLength(9);
  });

  test("in bars on a terminal, of which the lines of what is done remain", async () => {
    const command = [...work.program, "pull", image];
    const { status, text } = await onTerminal(command, { ...work.env, ...storeOf("bars") });
    expect(status).toBe(0);
    expect(text).toMatch(/[0-9a-f]{12} downloading [█·]{24} \S+B\/\S+B/);
    const remains = screen(text);
    expect(remains.filter((line) => / (downloaded|unpacked) /.test(line))).toHaveLength(9);
    expect(remains.filter((line) => /[█·]/.test(line))).toEqual([]);
    expect(remains.at(-1)).toMatch(/\/test\/many:latest@sha256:[0-9a-f]{64}$/);
  });

  test("not at all when it is to be quiet, not on a terminal either", async () => {
    const quiet = ["pull", "--quiet", image];
    const result = await work.xIn({ env: storeOf("quiet") }, ...quiet);
    expect(result).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
      stderr: "",
    });
    const env = { ...work.env, ...storeOf("quiet-terminal") };
    const { text } = await onTerminal([...work.program, ...quiet], env);
    expect(text.replaceAll("\r\n", "\n")).toBe(result.stdout);
  });

  test("in lines of JSON, for programs", async () => {
    const surroundings = { env: storeOf("json") };
    const pulled = await work.xIn(surroundings, "pull", "--format", "json", image);
    const events = pulled.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Progress);
    const done = events.filter(({ phase, state }) => phase === "unpack" && state === "done");
    expect(done).toHaveLength(4);
    expect(done.every(({ bytes, total }) => bytes === total)).toBe(true);
    const result = JSON.parse(pulled.stdout) as { name: string; digest: string };
    expect(result.name).toBe(`${image}:latest`);
    const push = ["push", "--quiet", "--format", "json", image];
    const pushed = await work.xIn(surroundings, ...push, `${image}:again`);
    const named = { name: `${image}:again`, digest: result.digest };
    expect([JSON.parse(pushed.stdout), pushed.stderr]).toEqual([named, ""]);
    expect(complaint(await work.xIn(surroundings, "pull", "--format", "xml", image))).toEqual([
      1,
      "x: --format xml is neither text nor json",
    ]);
  });

  test("and what there is as JSON", async () => {
    await work.x("pull", "--quiet", image);
    await work.x("run", "--name", "there", image);
    for (const command of [
      ["images"],
      ["ps"],
      ["history", image],
      ["diff", "there"],
      ["system", "df"],
      ["system", "check"],
    ]) {
      const { status, stdout, stderr } = await work.x(...command, "--format", "json");
      expect([command, status, stderr]).toEqual([command, 0, ""]);
      expect([command, Array.isArray(JSON.parse(stdout))]).toEqual([command, true]);
    }
  });
});

/** What remains on a screen of all that was written, a line each. */
function screen(text: string): string[] {
  const lines: string[] = [];
  // eslint-disable-next-line no-control-regex
  for (const part of text.split(/(\u001B\[\d*[AJ])/)) {
    // eslint-disable-next-line no-control-regex
    const up = /^\u001B\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) lines.length -= Number(up);
    else if (!part.startsWith("\u001B")) lines.push(...part.split("\r\n").slice(0, -1));
  }
  return lines;
}

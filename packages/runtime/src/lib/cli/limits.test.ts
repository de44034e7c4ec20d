import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import { describe as describeSandbox } from "./describe.ts";
import { parse } from "./parse.ts";
import { sizeOf, sizeText } from "./size.ts";

function sandboxOf(...options: string[]): Sandbox {
  const invocation = parse(["run", ...options, "host", "true"]);
  if ("help" in invocation) throw new Error("it asked for help");
  return describeSandbox(invocation)!;
}

describe("options become limits", () => {
  test.each<[string[], Sandbox["resources"]]>([
    [[], undefined],
    [["--memory", "32m"], { memory: { limit: 33_554_432 } }],
    [["-m", "1g", "--memory-swap", "2g"], { memory: { limit: 2 ** 30, swap: 2 ** 31 } }],
    [["-m", "1g", "--memory-swap", "-1"], { memory: { limit: 2 ** 30, swap: "max" } }],
    [["--cpus", "1.5"], { cpu: { quota: 150_000, period: 100_000 } }],
    [["--cpus=0.01"], { cpu: { quota: 1000, period: 100_000 } }],
    [["--cpu-shares", "512"], { cpu: { shares: 512 } }],
    [["--cpuset-cpus", "0-1", "--cpuset-mems", "0"], { cpu: { cpus: "0-1", mems: "0" } }],
    [["--pids-limit", "20"], { pids: { limit: 20 } }],
    [["--pids-limit", "-1"], { pids: { limit: "max" } }],
  ])("%j", (options, resources) => {
    expect(sandboxOf(...options).resources).toEqual(resources);
  });
});

describe("options become devices", () => {
  test.each<[string, object]>([
    ["/dev/fuse", { source: "/dev/fuse" }],
    ["/dev/fuse:/dev/f", { source: "/dev/fuse", destination: "/dev/f" }],
    ["/dev/fuse:r", { source: "/dev/fuse", access: "r" }],
    ["/dev/a:/dev/b:rw", { source: "/dev/a", destination: "/dev/b", access: "rw" }],
  ])("--device %s", (text, device) => {
    expect(sandboxOf("--device", text, "--device", "/dev/x").devices).toEqual([
      device,
      { source: "/dev/x" },
    ]);
  });
});

describe("what makes no sense is refused by field, with the option", () => {
  test.each<[string[], string]>([
    [["--memory", "12q"], "resources.memory.limit"],
    [["--memory", "0"], "resources.memory.limit"],
    [["--memory", "-5m"], "resources.memory.limit"],
    [["--memory", "99999999999t"], "resources.memory.limit"],
    [["--memory-swap", "1g"], "resources.memory.swap"],
    [["-m", "1g", "--memory-swap", "1m"], "resources.memory.swap"],
    [["-m", "1g", "--memory-swap", "-2"], "resources.memory.swap"],
    [["--cpus", "0"], "resources.cpu.quota"],
    [["--cpus", "-1"], "resources.cpu.quota"],
    [["--cpus", "0.001"], "resources.cpu.quota"],
    [["--cpus", "all"], "resources.cpu.quota"],
    [["--cpu-shares", "1.5"], "resources.cpu.shares"],
    [["--pids-limit", "0"], "resources.pids.limit"],
    [["--pids-limit", "many"], "resources.pids.limit"],
    [["--device", ""], "devices[0]"],
    [["--device", "/dev/a:/dev/b:/dev/c"], "devices[0]"],
    [["--device", "/dev/a:/dev/b:rw:x"], "devices[0]"],
  ])("%j", (options, field) => {
    const refusal = expect.objectContaining({ name: "SandboxError", field });
    expect(() => sandboxOf(...options)).toThrow(refusal);
    expect(() => sandboxOf(...options)).toThrow(options.at(-2));
  });
});

describe("a size", () => {
  test.each([
    ["5", 5],
    ["5b", 5],
    ["1k", 1024],
    ["32m", 33_554_432],
    ["32M", 33_554_432],
    ["32MB", 33_554_432],
    ["32MiB", 33_554_432],
    ["1.5g", 1_610_612_736],
    ["2t", 2 ** 41],
  ])("%s is %i bytes, as docker counts", (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes);
  });

  test.each(["", "m", "-1m", "1.m", "1 mm", "1e3", "1p"])("is not %j", (text) => {
    expect(sizeOf(text)).toBeUndefined();
  });

  test.each([
    [0, "0 bytes"],
    [100, "100 bytes"],
    [4096, "4 KiB"],
    [33_554_432, "32 MiB"],
    [1_610_612_736, "1.5 GiB"],
    [33_554_433, "33554433 bytes"],
  ])("of %i bytes is said as %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_PROG_ATTACH,
  BPF_PROG_DETACH,
  layouts,
} from "@x/syscall";
import { describe, expect, test } from "vitest";
import type { DeviceRule } from "../resources.ts";
import { set } from "./assembler.ts";
import { command } from "./command.ts";
import { devicePrograms } from "./device-programs.ts";
import { openGroup } from "./group-descriptor.ts";
import { loadProgram } from "./load-program.ts";
import { deviceProgram } from "./program.ts";
import { noPrograms as no, opener, shell, temporaryGroup } from "./testing/in-group.ts";

const skipped = no === undefined ? "" : ` (skipped: ${no})`;

const character = (minor: number, access = "rwm"): DeviceRule => ({
  allow: true,
  type: "c",
  major: 1,
  minor,
  access,
});
const nothing: DeviceRule = { allow: false };
const [ofNull, ofZero, ofFull, ofRandom] = [3, 5, 7, 8].map((minor) => character(minor));

/** Tries a redirection for each node, and says which work. */
const tries = (redirection: "<" | ">" | "<>", ...nodes: string[]): string =>
  nodes
    .map((node) => `if ( : ${redirection} /dev/${node} ) 2>&-; then echo ${node}; fi;`)
    .join(" ");
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe.skipIf(no)(`device rules of a v2 group${skipped}`, () => {
  test("deny opening what is not allowed, for reading and writing each", () => {
    using group = temporaryGroup();
    const open = (how: "<" | ">" | "<>"): string[] =>
      lines(shell([group.path], tries(how, "null", "zero", "full", "random")));
    expect(open("<")).toEqual(["null", "zero", "full", "random"]);
    devicePrograms.attach(group.path, [nothing, ofNull!, character(5, "r"), character(7, "w")]);
    expect(open("<")).toEqual(["null", "zero"]);
    expect(open(">")).toEqual(["null", "full"]);
    expect(open("<>")).toEqual(["null"]);
    expect(lines(shell([], tries("<", "random")))).toEqual(["random"]);
  });

  test("deny making nodes, by kind and number", () => {
    using group = temporaryGroup();
    devicePrograms.attach(group.path, [
      nothing,
      { allow: true, type: "c", access: "m" },
      { allow: false, type: "c", major: 1, minor: 9, access: "m" },
      { allow: true, type: "b", major: 7, access: "m" },
    ]);
    const folder = mkdtempSync(join(tmpdir(), "x-nodes-"));
    const wanted = ["c 1 3", "c 1 9", "c 4 5", "b 7 0", "b 8 0"];
    const script = wanted
      .map((node, index) => `mknod ${folder}/${index} ${node} 2>&- && echo ${node};`)
      .join(" ");
    try {
      expect(lines(shell([group.path], script))).toEqual(["c 1 3", "c 4 5", "b 7 0"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("leave to the group above what they do not speak of, and cannot allow more than it", () => {
    using above = temporaryGroup();
    using below = temporaryGroup(above.path);
    devicePrograms.attach(above.path, [nothing, ofNull!, ofZero!, ofFull!]);
    devicePrograms.attach(below.path, [{ ...ofZero!, allow: false }, ofRandom!]);
    const opened = shell([below.path], tries("<", "null", "zero", "full", "random"));
    expect(lines(opened)).toEqual(["null", "full"]);
  });

  test("are told back as they were given, by any process, also those that can never apply", () => {
    using group = temporaryGroup();
    expect(devicePrograms.rules(group.path)).toBeUndefined();
    const rules: DeviceRule[] = [
      { allow: true, type: "c", access: "wr" },
      nothing,
      { allow: true, type: "b", major: 4095, minor: 1_048_575 },
      { allow: true },
    ];
    devicePrograms.attach(group.path, rules);
    expect(devicePrograms.rules(group.path)).toEqual(rules);
    devicePrograms.attach(group.path, [nothing]);
    expect(devicePrograms.rules(group.path)).toEqual([nothing]);
    devicePrograms.attach(group.path, []);
    expect(devicePrograms.rules(group.path)).toBeUndefined();
    expect(lines(shell([group.path], tries("<", "zero")))).toEqual(["zero"]);
  });

  test("may be a thousand", () => {
    using group = temporaryGroup();
    const many = Array.from({ length: 1000 }, (_, index): DeviceRule => ({
      allow: index % 2 === 0,
      type: "c",
      major: 200 + (index % 50),
      minor: index,
      access: ["r", "w", "rw", "rwm"][index % 4]!,
    }));
    devicePrograms.attach(group.path, [...many, nothing, ofNull!]);
    expect(devicePrograms.rules(group.path)).toHaveLength(1002);
    expect(lines(shell([group.path], tries("<", "null", "zero")))).toEqual(["null"]);
  });

  test("leave programs of others where they are, and those decide as well", () => {
    using group = temporaryGroup();
    using descriptor = openGroup(group.path);
    using foreign = loadProgram(deviceProgram([nothing, ofNull!, ofZero!]), "other");
    const pair = { target_fd: descriptor.fd, attach_bpf_fd: foreign.fd };
    const where = { ...pair, attach_type: BPF_CGROUP_DEVICE };
    const { bpf_prog_attach } = layouts;
    command(BPF_PROG_ATTACH, bpf_prog_attach, { ...where, attach_flags: BPF_F_ALLOW_MULTI });
    const open = (): string[] =>
      lines(shell([group.path], tries("<", "null", "zero", "full", "random")));
    devicePrograms.attach(group.path, [nothing, ofFull!, ofNull!]);
    devicePrograms.attach(group.path, [nothing, ofZero!, ofRandom!]);
    expect(open()).toEqual(["zero"]);
    devicePrograms.attach(group.path, []);
    expect(open()).toEqual(["null", "zero"]);
    command(BPF_PROG_DETACH, bpf_prog_attach, where);
    expect(open()).toEqual(["null", "zero", "full", "random"]);
  });

  test("leave no descriptor open, neither when they are refused", () => {
    using group = temporaryGroup();
    devicePrograms.attach(group.path, [nothing]);
    const before = readdirSync("/proc/self/fd").length;
    for (let round = 0; round < 20; round++) {
      devicePrograms.attach(group.path, [nothing, ofNull!]);
      devicePrograms.rules(group.path);
      expect(() => devicePrograms.attach(`${group.path}-none`, [nothing])).toThrow(
        expect.objectContaining({ code: "X_CGROUP_GONE" }),
      );
      expect(() => devicePrograms.attach("/proc", [nothing])).toThrow(
        expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field: "devices" }),
      );
    }
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  test("that the verifier refuses are refused with its words", () => {
    const endless = [set(0, 1)];
    expect(() => loadProgram(endless)).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_KERNEL",
        message: expect.stringMatching(/verifier refused the program \(EINVAL, 22\): .*insn/),
      }),
    );
  });
});

describe.skipIf(no)(`rules that are replaced${skipped}`, () => {
  /** Replaces one list by another and back, while a process opens two nodes all the time. */
  async function whileOpening(
    replace: (group: string, rules: readonly DeviceRule[]) => void,
  ): Promise<{ allowed: number; refused: number; leaked: number; denied: number }> {
    using group = temporaryGroup();
    devicePrograms.attach(group.path, [nothing, ofNull!, ofZero!]);
    const process = await opener(group.path, ["/dev/null", "/dev/full"]);
    for (let round = 0; round < 200; round++) {
      replace(group.path, [nothing, ofNull!, round % 2 === 0 ? ofRandom! : ofZero!]);
      await setTimeout(1);
    }
    const { "/dev/null": always, "/dev/full": never } = await process.stop();
    return {
      allowed: always!.ok,
      refused: always!.eperm,
      leaked: never!.ok,
      denied: never!.eperm,
    };
  }

  test("never deny for a moment what both allow, nor allow what both deny", async () => {
    const { allowed, refused, leaked, denied } = await whileOpening((group, rules) =>
      devicePrograms.attach(group, rules),
    );
    expect({ refused, leaked }).toEqual({ refused: 0, leaked: 0 });
    expect(Math.min(allowed, denied)).toBeGreaterThan(500);
  });

  test("would be seen to, if they were taken away first", async () => {
    const { leaked } = await whileOpening((group, rules) => {
      devicePrograms.attach(group, []);
      const until = performance.now() + 1;
      while (performance.now() < until);
      devicePrograms.attach(group, rules);
    });
    expect(leaked).toBeGreaterThan(0);
  });
});

test.skipIf(no)(`without the right to it, the error says that it takes root${skipped}`, () => {
  using group = temporaryGroup();
  const source = new URL("../../devices.ts", import.meta.url).href;
  const script = `
      const { devicePrograms } = await import(${JSON.stringify(source)});
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      try { devicePrograms.attach(${JSON.stringify(group.path)}, [{ allow: false }]); }
      catch (error) { console.log(error.code, error.message); }`;
  const told = shell(
    [],
    `${process.execPath} --conditions=source --import tsx --input-type=module -e '${script}'`,
  );
  expect(told).toMatch(/^X_CGROUP_PERMISSION devices: .*\(EPERM, 1\)\. It needs CAP_SYS_ADMIN/);
});

import { expect, test } from "vitest";
import { explainLines } from "@x/plan";
import type { Facts } from "../facts.ts";
import { plan } from "./container.ts";
import { coveredPaths } from "./mask.ts";

const facts: Facts = { uid: 0, gid: 0, topLevel: {}, etc: {}, sources: {} };

function placed(known: Facts): string[] {
  const lines = explainLines(plan({ root: { dir: "/srv/root" }, args: ["true"] }, known));
  return lines.flatMap(({ text }) => {
    const [, at, path] =
      /^move_mount\((?:null|nothing) on [^,]*, "", (proc|sys), "(.*?)"/.exec(text) ?? [];
    return path === undefined ? [] : [`/${at}/${path}`];
  });
}

test("unless it is known what the kernel lacks, every path is covered", () => {
  expect(placed(facts)).toEqual(coveredPaths);
});

test("a path that the kernel lacks is not covered, all others are", () => {
  const missing = ["/proc/kcore", "/proc/scsi", "/sys/devices/virtual/powercap"];
  const rest = coveredPaths.filter((path) => !missing.includes(path));
  expect(placed({ ...facts, missing })).toEqual(rest);
});

test("the first cover says what covers are for, whichever it is", () => {
  const lines = explainLines(
    plan(
      { root: { dir: "/srv/root" }, args: ["true"] },
      { ...facts, missing: ["/proc/interrupts"] },
    ),
  );
  const why = lines.filter(({ why }) => why === "what tells of the host is covered");
  expect(why.map(({ text }) => text)).toEqual([expect.stringContaining('"null"')]);
});

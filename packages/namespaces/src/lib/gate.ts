import { load, memory, step, type Step } from "@x/plan";
import { O_CLOEXEC } from "@x/syscall";

const NAME = "gate";
const ends = memory(NAME, 8);
const readEnd = load(NAME, 0, 4);
const writeEnd = load(NAME, 4, 4);

/** Before the fork: a pipe at which the child waits until its parent lets it in. */
export function makeGate(): Step {
  return step("pipe2", [ends, O_CLOEXEC], { why: "where the child waits for its id maps" });
}

/** The child waits. A parent that dies closes the last writing end, and the read finds no byte. */
export function waitAtGate(): Step[] {
  return [
    step("close", [writeEnd]),
    step("read", [readEnd, memory("gate byte", 1), 1], {
      expect: 1,
      why: "until the id maps are there",
    }),
    step("close", [readEnd]),
  ];
}

/** The parent lets the child in. */
export function openGate(): Step {
  return step("write", [writeEnd, "1", 1], { expect: 1, why: "the child may go on" });
}

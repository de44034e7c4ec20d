import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { isSignalName, signalName, signalNumber, signals } from "./signal.ts";

describe("signals", () => {
  test("have a name and a number", () => {
    expect(signalNumber("SIGTERM")).toBe(15);
    expect(signalName(9)).toBe("SIGKILL");
  });

  test("of a number with two names, the usual one is given", () => {
    expect(signalName(6)).toBe("SIGABRT");
    expect(signalName(29)).toBe("SIGIO");
  });

  test("the real-time signals are counted as the C libraries and shells do", () => {
    expect(signalNumber("SIGRTMIN+3")).toBe(37);
    expect(signalName(64)).toBe("SIGRTMAX");
    expect(signalName(50)).toBe("SIGRTMAX-14");
  });

  test("all but the two that C libraries keep to themselves have a name that leads back", () => {
    const nameless: number[] = [];
    for (let number = 1; number <= 64; number++) {
      const name = signalName(number);
      if (name === undefined) nameless.push(number);
      else expect(signalNumber(name)).toBe(number);
    }
    expect(nameless).toEqual([32, 33]);
  });

  test("the names are told apart from other words", () => {
    expect(isSignalName("SIGHUP")).toBe(true);
    expect(isSignalName("toString")).toBe(false);
  });

  test.skipIf(process.platform !== "linux")("Node has the same numbers (on Linux)", () => {
    const known = Object.entries(constants.signals).filter(([name]) => isSignalName(name));
    expect(signals).toMatchObject(Object.fromEntries(known));
  });
});

import { describe, expect, test } from "vitest";
import { allKinds } from "./kinds.ts";
import { refuseForThread, type ThreadCall } from "./thread.ts";

describe("a thread is refused what a process with threads cannot have", () => {
  test.each<[ThreadCall, string[], string]>([
    ["unshare", ["pid", "user", "time"], "clone()"],
    ["setns", ["mount", "pid", "user", "time"], "enter()"],
  ])("%s", (call, kinds, instead) => {
    const refused = allKinds.filter((kind) => {
      try {
        refuseForThread(call, [kind]);
        return false;
      } catch (error) {
        expect(error).toMatchObject({
          code: "X_NAMESPACE_THREADS",
          field: "namespaces[0]",
          hint: expect.stringContaining(instead),
        });
        return true;
      }
    });
    expect(refused).toEqual(kinds);
  });
});

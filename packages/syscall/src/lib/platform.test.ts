import { describe, expect, test, vi } from "vitest";
import * as vocabulary from "../index.ts";
import { KoffiMissingError } from "./koffi-missing-error.ts";
import { callableArch, UnsupportedPlatformError } from "./platform.ts";

describe("importing the package", () => {
  test("loads no native code", () => {
    expect(vocabulary.syscallNumber("mount", "x64")).toBe(165);
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
    expect(sharedObjects.filter((path) => path.includes("koffi"))).toEqual([]);
  });
});

describe("the platform", () => {
  test("that has tables is found by Node's words for it", () => {
    expect(callableArch("linux", "x64")).toBe("x64");
    expect(callableArch("linux", "arm64")).toBe("arm64");
  });

  test("that is not Linux, or another processor, is refused by one clear error", () => {
    for (const [platform, arch] of [
      ["darwin", "arm64"],
      ["win32", "x64"],
      ["linux", "riscv64"],
    ] as const) {
      expect(() => callableArch(platform, arch)).toThrow(UnsupportedPlatformError);
      expect(() => callableArch(platform, arch)).toThrow(`this is ${platform} on ${arch}`);
    }
    expect(new UnsupportedPlatformError("darwin", "arm64").code).toBe("X_UNSUPPORTED_PLATFORM");
  });

  test("is asked when a call is made, not before", () => {
    const platform = vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
    try {
      expect(() => vocabulary.syscall("getpid")).toThrow(UnsupportedPlatformError);
      expect(() => vocabulary.openProcess(1)).toThrow(UnsupportedPlatformError);
      expect(() => vocabulary.pipe()).toThrow(UnsupportedPlatformError);
      expect(() => vocabulary.onReadable(0, () => {})).toThrow(UnsupportedPlatformError);
      const options = { argv: [], env: {}, descriptors: new Map<number, number>() };
      expect(() => vocabulary.spawnFile("/bin/true", options)).toThrow(UnsupportedPlatformError);
    } finally {
      platform.mockRestore();
    }
  });
});

describe("without koffi", () => {
  test("the error says what to install and keeps the cause", () => {
    const cause = new Error("Cannot find module 'koffi'\nRequire stack:\n- /x");
    const error = new KoffiMissingError(cause);
    expect(error.code).toBe("X_KOFFI_MISSING");
    expect(error.message).toMatch(
      /^Cannot load koffi, .*: Cannot find module 'koffi'\. Install it/,
    );
    expect(error.cause).toBe(cause);
  });

  test.skipIf(process.platform !== "linux")(
    "the first call throws it, again and again, and the tables still work (on Linux)",
    async () => {
      const createRequire = () => (): never => {
        throw new Error("Cannot find module 'koffi'");
      };
      vi.doMock("node:module", () => ({ createRequire }));
      vi.resetModules();
      try {
        const { errnoNumber, syscall } = await import("../index.ts");
        const missing = expect.objectContaining({ code: "X_KOFFI_MISSING" });
        expect(() => syscall("getpid")).toThrow(missing);
        expect(() => syscall("getpid")).toThrow(missing);
        expect(errnoNumber("EPERM")).toBe(1);
      } finally {
        vi.doUnmock("node:module");
        vi.resetModules();
      }
    },
  );
});

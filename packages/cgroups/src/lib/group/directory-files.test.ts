import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryFiles } from "./directory-files.ts";

describe("the files of a group", () => {
  let directory: string;
  let files: DirectoryFiles;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "x-files-"));
    files = new DirectoryFiles(directory);
  });

  afterEach(() => {
    files.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

  test("are read anew each time, without the last line end", () => {
    write("memory.current", "4096\n");
    expect(files.read("memory.current")).toBe("4096");
    for (const text of ["8192\n", "0\n", ""]) {
      write("memory.current", text);
      expect(files.read("memory.current")).toBe(text.trimEnd());
    }
  });

  test("come whole, however long they are", () => {
    const text = "1234567\n".repeat(5000);
    write("cgroup.procs", text);
    expect(files.read("cgroup.procs")).toBe(text.trimEnd());
    expect(files.read("cgroup.procs")).toBe(text.trimEnd());
  });

  test("that are not there are undefined, and looked for again only when told to", () => {
    expect(files.read("memory.peak")).toBeUndefined();
    write("memory.peak", "1\n");
    expect(files.read("memory.peak")).toBeUndefined();
    files.forget();
    expect(files.read("memory.peak")).toBe("1");
  });

  test("that another group lacks are found in this one", () => {
    const other = mkdtempSync(join(tmpdir(), "x-files-"));
    expect(new DirectoryFiles(other).read("pids.peak")).toBeUndefined();
    rmSync(other, { recursive: true });
    write("pids.peak", "7\n");
    expect(files.read("pids.peak")).toBe("7");
  });

  test("of a group that is gone are an error, whether it ever had them or not", () => {
    rmSync(directory, { recursive: true });
    expect(() => files.read("memory.max")).toThrow(
      expect.objectContaining({ code: "X_CGROUP_GONE" }),
    );
    // The second time the name is known for one that may be missing.
    expect(() => files.read("memory.max")).toThrow(
      expect.objectContaining({ code: "X_CGROUP_GONE" }),
    );
  });
});

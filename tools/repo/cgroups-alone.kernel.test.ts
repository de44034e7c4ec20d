import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importedFiles } from "./alone/imported-files.ts";
import { installAlone } from "./alone/install.ts";
import { watchImport } from "./alone/watch-import.ts";
import { fencedBlocks } from "./readme/blocks.ts";
import { prints } from "./readme/printed.ts";

const folder = join(import.meta.dirname, "..", "..", "packages", "cgroups");
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** The program that the README of the package begins with. */
const snippet = fencedBlocks(readFileSync(join(folder, "README.md"), "utf8")).find(
  ({ language }) => language === "ts",
);

let project: string;

beforeAll(() => {
  project = installAlone(folder);
  const { outputText } = ts.transpileModule(snippet?.text ?? "", {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(join(project, "snippet.js"), outputText);
  writeFileSync(join(project, "watch.js"), watchImport);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("@x/cgroups, installed alone into an empty project", () => {
  test("is one package", () => {
    const visible = readdirSync(join(project, "node_modules")).filter((name) => name[0] !== ".");
    expect(visible).toEqual(["@x"]);
    expect(readdirSync(join(project, "node_modules", "@x"))).toEqual(["cgroups"]);
    expect(readdirSync(join(project, "node_modules", "@x", "cgroups"))).not.toContain(
      "node_modules",
    );
  });

  test("is imported as one small file that needs nothing which is slow to load", () => {
    const entry = join(project, "node_modules", "@x", "cgroups", "dist", "index.js");
    const { files, others } = importedFiles(entry);
    expect(files).toEqual([entry]);
    expect(statSync(entry).size).toBeLessThan(200_000);
    // Whatever else Node has, crypto and streams among it, is loaded when it is first asked for.
    expect(others.map((name) => name.replace("node:", ""))).toEqual(["fs", "fs/promises"]);
  });

  test("shares that file with its subpaths, which ask it for nothing that it has not", async () => {
    const dist = join(project, "node_modules", "@x", "cgroups", "dist");
    const main = await import(pathToFileURL(join(dist, "index.js")).href);
    const asked = readdirSync(dist)
      .filter((name) => name.endsWith(".js") && name !== "index.js")
      .flatMap((name) => namesFrom("./index.js", readFileSync(join(dist, name), "utf8")));
    expect(asked).toContain("CgroupError");
    expect(asked.filter((name) => !(name in main))).toEqual([]);
  });

  test("does nothing when it is imported: no file is looked at, nothing keeps Node running", () => {
    const { stdout, stderr } = run("watch.js");
    expect(JSON.parse(stdout), stderr).toEqual({ calls: [], resources: [] });
  });

  test.skipIf(!isRoot)("runs what its README begins with (needs root)", () => {
    const result = run("snippet.js");
    expect(result, result.stderr).toMatchObject({ status: 0, signal: null });
    expect(result.stdout).toSatisfy((text: string) => prints(text, snippet?.output ?? ""));
  });

  test.skipIf(!isRoot)("tells an ordinary user how to have a part of the tree (needs root)", () => {
    const { status, stdout, stderr } = run("snippet.js", { uid: nobody, gid: nobody });
    expect(stdout).toBe("");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CgroupError: cannot make a group: .*[Dd]elegat/m);
    expect(stderr).toContain("code: 'X_CGROUP_PERMISSION'");
    // The trace is the caller's: where in this package it was found out is nobody's business.
    expect(stderr).not.toMatch(/^ +at .*node_modules/m);
  });
});

/** What a built file imports from another by name. */
function namesFrom(file: string, text: string): string[] {
  const imports = text.matchAll(/^import [{]([^}]*)[}] from "([^"]+)";$/gm);
  return [...imports].flatMap(([, names = "", from]) =>
    from === file ? names.split(",").map((name) => name.trim().split(" ")[0]!) : [],
  );
}

function run(
  file: string,
  user: { readonly uid?: number; readonly gid?: number } = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [file], {
    cwd: project,
    encoding: "utf8",
    timeout: 60_000,
    ...user,
  });
}

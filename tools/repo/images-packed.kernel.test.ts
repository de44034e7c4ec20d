import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPacked } from "./alone/install-packed.ts";

const names = ["syscall", "plan", "unionfs", "image"] as const;

let project = "";

beforeAll(() => {
  project = installPacked(names);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe.each(["unionfs", "image"] as const)("@x/%s, out of its tarball", (name) => {
  test("brings what is built and no sources", () => {
    const files = readdirSync(join(project, "node_modules", "@x", name));
    expect(files).toContain("dist");
    expect(files).not.toContain("src");
  });

  test("needs of this repository no more than @x/syscall and @x/plan", () => {
    const text = readFileSync(join(project, "node_modules", "@x", name, "package.json"), "utf8");
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    const own = Object.entries(dependencies).filter(([needed]) => needed.startsWith("@x/"));
    expect(["@x/plan", "@x/syscall"]).toEqual(
      expect.arrayContaining(own.map(([needed]) => needed)),
    );
    expect(own.every(([, version]) => !version.startsWith("workspace:"))).toBe(true);
  });
});

test("unions and images are imported by a program of the project, on this Node", () => {
  const program = `
    import { mountUnion } from "@x/unionfs";
    import { openStore, parseReference, formatReference } from "@x/image";
    const store = await openStore({ path: "store" });
    console.log(typeof mountUnion, formatReference(parseReference("debian")), (await store.check()).length);
  `;
  writeFileSync(join(project, "program.js"), program);
  const options = { cwd: project, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["program.js"], options);
  expect(stdout, stderr).toBe("function docker.io/library/debian:latest 0\n");
});

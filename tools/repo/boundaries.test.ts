import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type IConfiguration, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A small repository: two features, the packages below them, and one that composes. */
const packages: Record<string, string[]> = {
  syscall: ["koffi"],
  plan: ["@x/syscall"],
  cgroups: [],
  namespaces: ["@x/plan", "@x/syscall"],
  runtime: ["@x/namespaces", "@x/cgroups", "@x/plan", "@x/syscall"],
};

const broken: [rule: string, file: string, imported: string][] = [
  ["features-stand-alone", "packages/namespaces/src/lib/a.ts", "@x/cgroups"],
  ["features-stand-alone", "packages/namespaces/src/lib/a.ts", "@x/runtime"],
  ["plan-on-syscall", "packages/plan/src/lib/a.ts", "@x/namespaces"],
  ["syscall-at-the-bottom", "packages/syscall/src/lib/a.ts", "@x/plan"],
  ["cgroups-without-dependencies", "packages/cgroups/src/lib/a.ts", "@x/syscall"],
  ["cgroups-without-dependencies", "packages/cgroups/src/index.ts", "koffi"],
  ["cgroups-without-dependencies", "packages/cgroups/src/lib/a.ts", "./steps/a.ts"],
  ["koffi-in-one-place", "packages/plan/src/lib/a.ts", "koffi"],
  ["packages-by-name", "packages/plan/src/lib/a.ts", "../../../syscall/src/index.ts"],
  ["packages-by-name", "examples/01-one/main.ts", "../../packages/plan/src/index.ts"],
  ["nothing-leans-on-tools", "packages/plan/src/lib/a.ts", "../../../../tools/repo/a.ts"],
  ["nothing-leans-on-tools", "examples/01-one/main.ts", "../02-two/main.ts"],
  ["no-barrel-inside", "packages/plan/src/lib/a.ts", "./inside/index.ts"],
  ["no-way-back", "packages/plan/src/lib/a.ts", "../index.ts"],
  ["no-drawer", "packages/plan/src/lib/a.ts", "./utils.ts"],
  ["no-tests-in-the-product", "packages/plan/src/lib/a.ts", "./b.test.ts"],
  ["resolvable", "packages/plan/src/lib/a.ts", "./nowhere.ts"],
  ["declared", "packages/plan/src/lib/a.ts", "undeclared"],
];

const allowed: [file: string, imported: string][] = [
  ["packages/namespaces/src/lib/a.ts", "@x/plan"],
  ["packages/namespaces/src/lib/a.ts", "node:fs"],
  ["packages/runtime/src/lib/a.ts", "@x/cgroups"],
  ["packages/syscall/src/lib/a.ts", "koffi"],
  ["packages/cgroups/src/lib/a.ts", "node:fs"],
  ["packages/plan/src/lib/b.test.ts", "../index.ts"],
];

const house = (await extractDepcruiseConfig(
  join(import.meta.dirname, "../../.dependency-cruiser.mjs"),
)) as Required<IConfiguration>;
const root = mkdtempSync(join(tmpdir(), "boundaries-"));

beforeAll(() => {
  for (const [name, dependencies] of Object.entries(packages)) {
    const folder = `packages/${name}`;
    const versions = Object.fromEntries(dependencies.map((dependency) => [dependency, "*"]));
    const exported = { ".": { source: "./src/index.ts" } };
    write(`${folder}/package.json`, {
      name: `@x/${name}`,
      exports: exported,
      dependencies: versions,
    });
    link(folder, `node_modules/@x/${name}`);
  }
  const files = ["plan/src/lib/inside/index.ts", "plan/src/lib/utils.ts", "plan/src/lib/b.test.ts"];
  const entries = Object.keys(packages).map((name) => `${name}/src/index.ts`);
  [...files, ...entries].forEach((file) => write(`packages/${file}`, ""));
  ["tools/repo/a.ts", "examples/02-two/main.ts"].forEach((file) => write(file, ""));
  for (const name of ["koffi", "undeclared"]) {
    write(`node_modules/${name}/package.json`, { name, main: "index.js" });
    write(`node_modules/${name}/index.js`, "");
  }
  write("package.json", { name: "house", private: true });
});

afterAll(() => rmSync(root, { recursive: true }));

describe("the boundary check", () => {
  test.each(broken)("%s: refuses %s with an import of %s", async (rule, file, imported) => {
    expect(await violations(file, imported)).toContain(rule);
  });

  test.each(allowed)("allows %s an import of %s", async (file, imported) => {
    expect(await violations(file, imported)).toEqual([]);
  });

  test("no-circle: refuses two files that import each other", async () => {
    write("packages/plan/src/lib/c.ts", 'import { a } from "./a.ts";\nexport const c = a;\n');
    expect(await violations("packages/plan/src/lib/a.ts", "./c.ts")).toContain("no-circle");
  });

  test("every rule is shown to bite", () => {
    const shown = new Set([...broken.map(([rule]) => rule), "no-circle"]);
    expect(
      house.forbidden.map((rule) => rule.name).filter((name) => !shown.has(name ?? "")),
    ).toEqual([]);
  });
});

/** The rules broken in the small repository when one file imports one thing. */
async function violations(file: string, imported: string): Promise<string[]> {
  write(file, `import * as it from "${imported}";\nexport const a = it;\n`);
  try {
    const { options, ...rules } = house;
    const { enhancedResolveOptions, ...others } = options;
    const settings = { ...others, ruleSet: rules, validate: true, baseDir: root };
    const { output } = await cruise(
      ["packages", "tools", "examples"],
      settings,
      enhancedResolveOptions,
    );
    return (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name);
  } finally {
    if (file.endsWith("index.ts")) {
      write(file, "");
    } else {
      rmSync(join(root, file));
    }
  }
}

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
}

function link(target: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(join(root, target), join(root, path));
}

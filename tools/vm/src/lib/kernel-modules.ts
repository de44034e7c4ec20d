import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readModuleInfo } from "./module-info.ts";
import { VmError } from "./vm-error.ts";

/**
 * Writes `modules.dep` and `modules.alias` into a folder of kernel modules, as depmod(8) would, so
 * that `modprobe` works in the guest and {@link loadOrder} here.
 */
export function indexModules(folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ko"))
    .toSorted();
  const byName = new Map(files.map((file) => [moduleName(file), file]));
  const dependencies: string[] = [];
  const aliases: string[] = [];
  for (const file of files) {
    const info = readModuleInfo(readFileSync(join(folder, file)));
    const needed = info.depends.flatMap((name) => byName.get(moduleName(name)) ?? []);
    dependencies.push(`${file}:${needed.map((other) => ` ${other}`).join("")}\n`);
    aliases.push(...info.aliases.map((alias) => `alias ${alias} ${moduleName(file)}\n`));
  }
  writeFileSync(join(folder, "modules.dep"), dependencies.join(""));
  writeFileSync(join(folder, "modules.alias"), aliases.join(""));
}

/**
 * The files of the named modules and of all they need, each after what it needs. A module that is
 * part of the kernel needs no file. Throws X_VM_UNKNOWN_MODULE.
 */
export function loadOrder(folder: string, names: readonly string[]): string[] {
  const needs = new Map(
    lines(folder, "modules.dep").map((line) => {
      const [file = "", ...needed] = line.split(/:? /);
      return [moduleName(file), { file: file.replace(/:$/, ""), needed: needed.filter(Boolean) }];
    }),
  );
  const builtIn = new Set(lines(folder, "modules.builtin").map(moduleName));
  const order = new Set<string>();
  const visit = (name: string): void => {
    const found = needs.get(name);
    if (found === undefined) {
      throw new VmError("X_VM_UNKNOWN_MODULE", `no kernel module ${name} below ${folder}`);
    }
    if (!order.has(found.file)) {
      found.needed.map(moduleName).forEach(visit);
      order.add(found.file);
    }
  };
  names
    .map(moduleName)
    .filter((name) => !builtIn.has(name))
    .forEach(visit);
  return [...order].map((file) => join(folder, file));
}

/** `kernel/fs/9p/9p.ko` is `9p`; the kernel takes `-` for `_` in names. */
function moduleName(file: string): string {
  return basename(file)
    .replace(/\.ko.*$/, "")
    .replaceAll("-", "_");
}

function lines(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);
}

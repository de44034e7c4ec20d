/**
 * A program that imports @x/cgroups and prints, as JSON, which functions of `node:fs` were called
 * meanwhile, on what, and what would keep the process from ending.
 */
export const watchImport = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const calls = [];
for (const [name, original] of Object.entries(fs)) {
  if (typeof original !== "function" || /^[A-Z_]/.test(name)) continue;
  fs[name] = (...args) => {
    calls.push(name + " " + args[0]);
    return original.apply(fs, args);
  };
}
syncBuiltinESMExports();
const before = process.getActiveResourcesInfo().length;
await import("@x/cgroups");
const resources = process.getActiveResourcesInfo().slice(before);
process.stdout.write(JSON.stringify({ calls: calls.splice(0), resources }));
`;

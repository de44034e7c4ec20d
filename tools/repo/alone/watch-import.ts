/**
 * A program that imports @x/cgroups and prints, as JSON, which functions of `node:fs` it called
 * meanwhile, on what, and what would keep the process from ending. Node reads the package's file
 * through the same functions, from version 24 on: what counts is called from that file.
 */
export const watchImport = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const calls = [];
Error.stackTraceLimit = Infinity;
for (const [name, original] of Object.entries(fs)) {
  if (typeof original !== "function" || /^[A-Z_]/.test(name)) continue;
  fs[name] = (...args) => {
    if (/@x.cgroups.dist.*:\\d+:\\d+/.test(new Error().stack)) calls.push(name + " " + args[0]);
    return original.apply(fs, args);
  };
}
syncBuiltinESMExports();
const before = process.getActiveResourcesInfo().length;
await import("@x/cgroups");
const resources = process.getActiveResourcesInfo().slice(before);
process.stdout.write(JSON.stringify({ calls: calls.splice(0), resources }));
`;

// Two layers and a whiteout, stacked by hand.
//
// A layer is a directory. Where layers are stacked, what is on top hides what is below; a file of a
// lower layer is deleted by putting in its place what no program would make: a device 0:0.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { AT_FDCWD, S_IFCHR, syscall } from "@x/syscall";
import { mountUnion } from "@x/unionfs";

const folder = mkdtempSync(`${tmpdir()}/layers-`);
using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
const path = (name: string): string => `${folder}/${name}`;
for (const name of ["base", "app", "changes", "root"]) mkdirSync(path(name));

// 1. The layer below, as an image's first might be.
writeFileSync(path("base/motd"), "welcome\n");
writeFileSync(path("base/todo"), "everything\n");

// 2. The layer above: one file in the place of another, and a whiteout.
writeFileSync(path("app/motd"), "welcome to the app\n");
syscall("mknodat", AT_FDCWD, path("app/todo"), S_IFCHR, 0);

// 3. Stacked, with an empty directory on top for what is written.
{
  const lower = [path("app"), path("base")];
  await using union = await mountUnion({ lower, upper: path("changes"), target: path("root") });
  console.log("made by", union.why.split(/[:;]/, 1)[0]);
  console.log("root:   ", readdirSync(path("root")).join(" "));
  console.log("motd:   ", readFileSync(path("root/motd"), "utf8").trim());
  writeFileSync(path("root/motd"), "changed\n");
}

// 4. The layers are as they were, and nothing is mounted any more.
console.log("app:    ", readFileSync(path("app/motd"), "utf8").trim());
console.log("base:   ", readdirSync(path("base")).join(" "));
console.log("root:   ", readdirSync(path("root")).join(" ") || "(empty)");

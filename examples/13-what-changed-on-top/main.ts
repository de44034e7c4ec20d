// What changed on top, as a list.
//
// A program runs in a union of a layer and an empty directory. What it did is then in that directory,
// with marks for what is gone; the list reads like `docker diff`: added, changed, deleted.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { mountUnion } from "@x/unionfs";

const folder = mkdtempSync(`${tmpdir()}/changes-`);
using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
const path = (name: string): string => `${folder}/${name}`;
for (const name of ["layer/etc", "layer/srv/old", "changes", "root"]) {
  mkdirSync(path(name), { recursive: true });
}
writeFileSync(path("layer/etc/hosts"), "127.0.0.1 localhost\n");
writeFileSync(path("layer/etc/passwd"), "root:x:0:0::/:/bin/sh\n");
writeFileSync(path("layer/srv/old/data"), "");

await using union = await mountUnion({
  lower: [path("layer")],
  upper: path("changes"),
  target: path("root"),
});
const script = `
  echo '::1 localhost' >> etc/hosts # changed
  rm etc/passwd                     # deleted
  mkdir opt && touch opt/app        # added
  rm -r srv/old && mkdir srv/old    # a directory that begins anew
  cat etc/hosts > /dev/null         # reading changes nothing`;
execFileSync("sh", ["-euc", script], { cwd: union.target });

const letters = { added: "A", modified: "C", deleted: "D" };
for await (const change of union.changes()) console.log(letters[change.kind], change.path);

// Commit a change, and run the result: what `x run`, `x commit` and `x run` do, from the parts.
//
// The image holds a few links into /usr, which this machine lends to each container, so nothing has
// to be downloaded. A union has its layers below; what the container writes comes into `upper`.
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { commitImage, importRoot, openStore, removeTree, unpackImage } from "@x/image";
import { run, type Mount } from "@x/runtime";
import { changes } from "@x/unionfs";

const folder = mkdtempSync(`${tmpdir()}/commit-`);
await using _ = { [Symbol.asyncDispose]: () => removeTree(folder) };
const at = (name: string): string => `${folder}/${name}`;
const programs: Mount = { type: "bind", source: "/usr", destination: "/usr", readonly: true };
for (const name of ["usr", "dev", "proc", "sys", "etc", "srv"]) {
  mkdirSync(at(`root/${name}`), { recursive: true });
}
for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, at(`root/${name}`));
for (const name of ["upper", "work"]) mkdirSync(at(name));

const store = await openStore({ path: at("store") });
const base = await importRoot(store, at("root"));
const { lower } = await unpackImage(store, base.descriptor);
const [upper, work] = [at("upper"), at("work")];
const script = "echo made by process $$ > /etc/motd; rmdir /srv";
await run({ root: { lower, upper, work }, args: ["sh", "-c", script], mounts: [programs] });
for await (const { kind, path } of changes(upper, lower)) console.log(kind, path);

const edits = { cmd: ["cat", "/etc/motd"] };
const made = await commitImage(store, {
  base: base.descriptor,
  root: upper,
  changes: changes(upper, lower),
  edits,
});
const image = await unpackImage(store, made.descriptor);
const args = image.config.config?.Cmd ?? [];
console.log((await run({ root: { lower: image.lower }, args, mounts: [programs] })).stdout);

// Pull an image, and look into its layers without running or mounting anything.
//
//   node --import tsx main.ts localhost:5000/debian etc/debian_version
//
// Without arguments it makes an image of two layers and takes it out of an OCI layout instead:
// registries, layouts, archives and stores are all sources, and what comes of them is the same.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { commitImage, copyImage, fetchImage, importRoot, layersIn, openStore } from "@x/image";
import { ociLayoutDestination, ociLayoutSource, pull, type Fetched } from "@x/image";
import { readThrough } from "@x/unionfs";

const folder = mkdtempSync(`${tmpdir()}/pull-`);
using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
const [reference, path = "etc/motd"] = process.argv.slice(2);

const store = await openStore({ path: `${folder}/store` });
const { unpacked } = reference === undefined ? await fetchOwn() : await pull(store, reference);
for (const { diffId, descriptor } of layersIn(unpacked!)) {
  console.log(`${diffId.slice(0, 19)}… ${descriptor.size} bytes, ${descriptor.mediaType}`);
}
console.log(`${path}: ${readThrough(unpacked!.lower, path)}`);
console.log(unpacked!.config.config);

async function fetchOwn(): Promise<Fetched> {
  const own = "localhost/own:1";
  const maker = await openStore({ path: `${folder}/maker` });
  const base = (await importRoot(maker, layer("base", "hello from below"))).descriptor;
  const edits = { cmd: ["cat", "/etc/motd"], env: { LANG: "C.UTF-8" } };
  await commitImage(maker, { base, root: layer("top", "hello from above"), edits, name: own });
  await using made = maker.source(own);
  await copyImage(made, await ociLayoutDestination(`${folder}/layout`));
  await using layout = await ociLayoutSource(`${folder}/layout`);
  return await fetchImage(store, own, layout);
}
function layer(name: string, motd: string): string {
  mkdirSync(`${folder}/${name}/etc`, { recursive: true });
  writeFileSync(`${folder}/${name}/etc/motd`, motd);
  return `${folder}/${name}`;
}

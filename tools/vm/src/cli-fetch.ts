import { guestSystem } from "./lib/guest-system.ts";

// Fills the cache, so that the first boot does not wait for downloads.
const wanted = process.argv.slice(2);
for (const name of ["x64", "arm64"] as const) {
  if (wanted.length === 0 || wanted.includes(name)) {
    const { packages } = await guestSystem(name);
    const list = Object.entries(packages).map(([found, version]) => `${found} ${version}`);
    console.log(`${name}: ${list.join(", ")}`);
  }
}

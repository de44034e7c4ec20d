import { guestSystem } from "./lib/guest-system.ts";

// Fills the cache, so that the first boot does not wait for downloads.
for (const name of ["x64", "arm64"] as const) {
  const { packages } = await guestSystem(name);
  const list = Object.entries(packages).map(([found, version]) => `${found} ${version}`);
  console.log(`${name}: ${list.join(", ")}`);
}

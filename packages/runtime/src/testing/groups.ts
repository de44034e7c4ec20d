import { readdirSync } from "node:fs";
import { detect } from "@x/cgroups";

/** The groups below `/x/OWNER` of every hierarchy, for the owner that is this process. */
export function groupsOf(pid: number): string[] {
  return detect().all.flatMap(({ mountpoint }) =>
    folders(`${mountpoint}/x`)
      .filter((owner) => owner.split(".")[1] === String(pid))
      .flatMap((owner) => {
        const path = `${mountpoint}/x/${owner}`;
        return [path, ...folders(path).map((name) => `${path}/${name}`)];
      }),
  );
}

function folders(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

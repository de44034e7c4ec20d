import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Everything below the run's temporary folder and below the folders x keeps running state in. */
export function leftFiles(temporary: string): string[] {
  const own = process.env["XDG_RUNTIME_DIR"];
  const folders = [temporary, "/run/x", ...(own === undefined ? [] : [join(own, "x")])];
  return folders.flatMap((folder) => below(folder, 3).map((path) => `file ${path}`));
}

function below(folder: string, depth: number): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() && depth > 1 ? [path, ...below(path, depth - 1)] : [path];
    });
  } catch (error) {
    if (["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return [];
    }
    throw error;
  }
}

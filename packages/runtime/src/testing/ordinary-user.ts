import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Workplace } from "./workplace.ts";
import type { Surroundings } from "./x.ts";

const nobody = 65_534;

/** Somebody who may nothing but what is in a home of their own, in a workplace. Needs root. */
export function ordinaryUser({ directory }: Workplace): Surroundings & { readonly home: string } {
  const home = join(directory, "ordinary");
  mkdirSync(home);
  chownSync(home, nobody, nobody);
  const env = { HOME: home, X_STORE: join(home, "store"), XDG_RUNTIME_DIR: home, TMPDIR: home };
  return { home, uid: nobody, gid: nobody, cwd: "/", env };
}

import { layouts, O_CLOEXEC, O_PATH, RESOLVE_IN_ROOT, S_IFREG } from "@x/syscall";
import { result, step, struct, type Result, type Step } from "@x/plan";

/** The mount that becomes `/`. */
export const root: Result = result("root");

/** What is to be there, and under which name its descriptor is to be known. */
export interface InsideOptions {
  readonly as: string;
  /** A file at the end, not a directory. */
  readonly file?: boolean;
  readonly field: string;
}

/**
 * Makes each directory on the way to a path of the container, and the last component, unless it is
 * there. Each is found by descriptor inside the root, so that a symbolic link of an image cannot
 * lead out of it.
 */
export function makeInside(path: string, { as, file = false, field }: InsideOptions): Step[] {
  const parts = path.split("/").filter((part) => part !== "");
  const steps: Step[] = [];
  let parent = root;
  parts.forEach((part, depth) => {
    const last = depth === parts.length - 1;
    const here = result(last ? as : `${as} ${depth}`);
    steps.push(
      last && file
        ? step("mknodat", [parent, part, S_IFREG | 0o644, 0], { tolerate: ["EEXIST"], field })
        : step("mkdirat", [parent, part, 0o755], { tolerate: ["EEXIST"], field }),
      inside(parts.slice(0, depth + 1).join("/"), here.result, field),
    );
    parent = here;
  });
  return steps;
}

function inside(path: string, name: string, field: string): Step {
  const how = struct(layouts.open_how, { flags: O_PATH | O_CLOEXEC, resolve: RESOLVE_IN_ROOT });
  return step("openat2", [root, path, how, layouts.open_how.bytes], { as: name, field });
}

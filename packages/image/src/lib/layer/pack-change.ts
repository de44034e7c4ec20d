import { ImageError } from "../error.ts";

/** What became of one path, as `changes` of @x/unionfs tells it. */
export interface LayerChange {
  /** From the root, without a slash before it: `etc/hosts`. */
  readonly path: string;
  /** The same to the byte, for names that are no UTF-8. */
  readonly pathBytes?: Uint8Array;
  readonly kind: "added" | "modified" | "deleted";
  /** Of a directory: nothing of what lies below it counts. */
  readonly opaque?: boolean;
  /** Of what is deleted: a directory above is opaque, which says so already. */
  readonly covered?: boolean;
}

/** Changes by directory. Names are bytes, as latin1. */
export interface ChangeTree {
  readonly entries: Map<string, ChangeTree>;
  readonly deleted: Set<string>;
  opaque: boolean;
}

/** An empty {@link ChangeTree}. */
export function noChanges(): ChangeTree {
  return { entries: new Map(), deleted: new Set(), opaque: false };
}

/**
 * Puts a change where it belongs; the directories above it belong to the layer too. Throws
 * `X_IMAGE_INVALID` for a path that leads elsewhere or that a layer cannot hold.
 */
export function addChange(tree: ChangeTree, change: LayerChange): void {
  const bytes = change.pathBytes ?? Buffer.from(change.path);
  const components = Buffer.from(bytes).toString("latin1").split("/");
  for (const name of components) checkName(name, change.path);
  if (change.kind === "deleted" && change.covered === true) return;
  const last = components.pop()!;
  let parent = tree;
  for (const name of components) parent = entryOf(parent, name);
  if (change.kind === "deleted") parent.deleted.add(last);
  else if (change.opaque === true) entryOf(parent, last).opaque = true;
  else entryOf(parent, last);
}

function entryOf(parent: ChangeTree, name: string): ChangeTree {
  const known = parent.entries.get(name);
  if (known !== undefined) return known;
  const made = noChanges();
  parent.entries.set(name, made);
  return made;
}

function checkName(name: string, path: string): void {
  if (name === "" || name === "." || name === ".." || name.includes("\0")) {
    throw new ImageError(
      "X_IMAGE_INVALID",
      "it must lead down from the root, without `.` and `..`",
      {
        field: path,
      },
    );
  }
  checkMarkless(name, path);
}

/** Throws `X_IMAGE_INVALID` for a name that means something else in a layer: OCI layer.md. */
export function checkMarkless(name: string, path: string): void {
  if (!name.startsWith(".wh.")) return;
  throw new ImageError("X_IMAGE_INVALID", "no layer can hold a file whose name begins with .wh.", {
    field: path,
    hint: "In layers, such names stand for what was deleted; rename or remove it",
  });
}

import type { ArchiveEntry } from "./layer-archive.ts";
import { someTime } from "./layer-archive.ts";

/** A file as the model has it; hard links are the same object. */
interface ModelFile {
  readonly type: "file" | "symlink" | "fifo";
  readonly text: string;
  readonly mode: number;
  readonly mtime: bigint;
}

/** A directory as the model has it. */
export interface ModelDirectory {
  readonly type: "directory";
  /** Undefined while nothing describes it. */
  attributes: { readonly mode: number; readonly mtime: bigint } | undefined;
  readonly children: Map<string, ModelNode>;
}

type ModelNode = ModelFile | ModelDirectory;

/** What stacking layers comes to; `unknown` where the specification leaves it open. */
export type ModelResult =
  | { readonly kind: "tree"; readonly root: ModelDirectory }
  | { readonly kind: "refused" }
  | { readonly kind: "unknown" };

class Refused extends Error {}
class Unknown extends Error {}

/** A layer by itself: what it has, and what it hides. */
interface Layer {
  readonly root: ModelDirectory;
  readonly hidden: Set<string>;
  readonly opaque: Set<string>;
  /** Hard links to files of other layers. */
  readonly pending: string[];
  /** Directories that hold notes. */
  readonly noted: string[];
}

/** Stacks layers as OCI layer.md says, without a file system. */
export function stackModel(layers: readonly (readonly ArchiveEntry[])[]): ModelResult {
  let root = emptyDirectory();
  try {
    for (const entries of layers) {
      const layer: Layer = {
        root: emptyDirectory(),
        hidden: new Set(),
        opaque: new Set(),
        pending: [],
        noted: [],
      };
      for (const [index, entry] of entries.entries()) {
        if (entry.type !== "hardlink") add(layer, entry, root);
        else addLink(layer, entry, root, entries.slice(index + 1));
      }
      checkLinks(layer, entries);
      checkNotes(layer);
      root = merged(root, layer.root, layer, "");
    }
  } catch (error) {
    if (error instanceof Refused) return { kind: "refused" };
    if (error instanceof Unknown) return { kind: "unknown" };
    throw error;
  }
  return { kind: "tree", root };
}

function emptyDirectory(): ModelDirectory {
  return { type: "directory", attributes: undefined, children: new Map() };
}

function add(layer: Layer, entry: ArchiveEntry, below: ModelDirectory): void {
  const path = String(entry.name)
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const leaf = path.pop();
  const attributes = { mode: entry.mode ?? 0o644, mtime: entry.mtime ?? someTime };
  if (leaf === undefined) {
    layer.root.attributes = attributes;
    return;
  }
  const own = [...path, leaf].join("/");
  for (const pending of layer.pending) {
    if (isAbove(own, pending)) throw new Unknown("a link that is replaced");
  }
  if (leaf.startsWith(".wh.")) return addNote(layer, path, leaf, below);
  const parent = directoryAt(layer, path, below);
  const there = parent.children.get(leaf);
  if (entry.type === "directory") {
    if (there?.type === "directory") there.attributes = attributes;
    else parent.children.set(leaf, { ...emptyDirectory(), attributes });
    if (there !== undefined && there.type !== "directory") layer.hidden.add(own);
  } else if (entry.type === "hardlink") {
    if (entry.link!.startsWith(`${own}/`)) throw new Unknown("a link in its target's place");
    parent.children.set(leaf, linked(layer, own, entry.link!, below));
  } else {
    const type = entry.type as ModelFile["type"];
    const text = type === "symlink" ? entry.link! : String(entry.content ?? "");
    parent.children.set(leaf, { type, text, ...attributes });
  }
}

/** A link to nowhere is not refused by all when an entry that follows takes its place. */
function addLink(
  layer: Layer,
  entry: ArchiveEntry,
  below: ModelDirectory,
  rest: readonly ArchiveEntry[],
): void {
  try {
    add(layer, entry, below);
  } catch (error) {
    const name = String(entry.name);
    const replaced = rest.map((next) => String(next.name).replace(/\/?\.wh\..*$/, ""));
    const taken = replaced.some((next) => isAbove(next, name) || isAbove(name, next));
    throw error instanceof Refused && taken ? new Unknown("a link that is replaced") : error;
  }
}

function isAbove(above: string, path: string): boolean {
  return above === path || above === "" || path.startsWith(`${above}/`);
}

function addNote(layer: Layer, path: string[], leaf: string, below: ModelDirectory): void {
  if (nodeAt(layer.root, path)?.type !== "directory" && nodeAt(below, path)?.type !== "directory") {
    throw new Unknown("nobody has the directory that this is about");
  }
  for (let end = 1; end <= path.length; end++) {
    const there = nodeAt(layer.root, path.slice(0, end));
    if (there !== undefined && there.type !== "directory") throw new Unknown("a note in a file");
  }
  directoryAt(layer, path, below);
  layer.noted.push(path.join("/"));
  if (leaf === ".wh..wh..opq") layer.opaque.add(path.join("/"));
  else layer.hidden.add([...path, leaf.slice(4)].join("/"));
}

/** The directory at a path in the layer, made if it is missing. */
function directoryAt(layer: Layer, path: readonly string[], below: ModelDirectory): ModelDirectory {
  let current = layer.root;
  path.forEach((name, index) => {
    let next = current.children.get(name);
    if (next === undefined) {
      const under = nodeAt(below, path.slice(0, index + 1));
      if (under?.type === "symlink") throw new Unknown("through a link of another layer");
      next = emptyDirectory();
      current.children.set(name, next);
    }
    if (next.type === "symlink") throw new Unknown("through a link");
    if (next.type !== "directory") throw new Refused();
    current = next;
  });
  return current;
}

function linked(layer: Layer, own: string, link: string, below: ModelDirectory): ModelFile {
  const path = link.split("/");
  for (let end = 1; end < path.length; end++) {
    for (const root of [layer.root, below]) {
      if (nodeAt(root, path.slice(0, end))?.type === "symlink") throw new Unknown("through a link");
    }
  }
  const there = nodeAt(layer.root, path);
  if (there?.type === "directory") {
    if (there.attributes === undefined) throw new Unknown("a directory only because of a note");
    throw new Refused();
  }
  if (there !== undefined) return there;
  if (nodeAt(layer.root, path.slice(0, -1))?.type === "file") throw new Refused();
  const node = nodeAt(below, path);
  if (node === undefined || node.type === "directory") throw new Refused();
  layer.pending.push(own);
  return node;
}

/** Notes in a directory that is itself hidden may make it again, or not. */
function checkNotes({ noted, hidden, opaque }: Layer): void {
  for (const path of noted) {
    const underOpaque = [...opaque].some((above) => above !== path && isAbove(above, path));
    if (underOpaque || [...hidden].some((name) => isAbove(name, path))) {
      throw new Unknown("a note in what is hidden");
    }
  }
}

/** A link to a file that its own layer hides means one thing or another. */
function checkLinks({ hidden, opaque }: Layer, entries: readonly ArchiveEntry[]): void {
  for (const { type, link } of entries) {
    if (type !== "hardlink") continue;
    const path = link!.split("/");
    for (let end = 0; end <= path.length; end++) {
      const part = path.slice(0, end).join("/");
      if (hidden.has(part) || (end < path.length && opaque.has(part))) {
        throw new Unknown("a link to what is hidden");
      }
    }
  }
}

function merged(
  lower: ModelDirectory | undefined,
  upper: ModelDirectory,
  layer: Layer,
  path: string,
): ModelDirectory {
  const result: ModelDirectory = {
    type: "directory",
    attributes: upper.attributes ?? lower?.attributes,
    children: new Map(),
  };
  if (lower !== undefined && !layer.opaque.has(path)) {
    for (const [name, node] of lower.children) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (!layer.hidden.has(inner)) result.children.set(name, node);
    }
  }
  for (const [name, node] of upper.children) {
    const under = result.children.get(name);
    const inner = path === "" ? name : `${path}/${name}`;
    if (node.type !== "directory") result.children.set(name, node);
    else {
      const below = under?.type === "directory" ? under : undefined;
      result.children.set(name, merged(below, node, layer, inner));
    }
  }
  return result;
}

function nodeAt(root: ModelDirectory, path: readonly string[]): ModelNode | undefined {
  let node: ModelNode | undefined = root;
  for (const name of path) node = node?.type === "directory" ? node.children.get(name) : undefined;
  return node;
}

/** The model's tree as lines of text, by path, as `describeTree` writes a real one. */
export function describeModel(root: ModelDirectory): Record<string, string> {
  const lines: Record<string, string> = {};
  const names = new Map<ModelNode, string[]>();
  const visit = (node: ModelNode, path: string): void => {
    names.set(node, [...(names.get(node) ?? []), path]);
    if (node.type !== "directory") return;
    for (const [name, child] of node.children) {
      visit(child, path === "." ? name : `${path}/${name}`);
    }
  };
  visit(root, ".");
  for (const [node, paths] of names) {
    const { mode, mtime } = node.type === "directory" ? (node.attributes ?? plain) : node;
    const shown = node.type === "symlink" ? 0o777 : mode;
    const same = paths.length > 1 ? paths.toSorted().join(",") : "";
    const text = node.type === "directory" ? "" : node.text;
    const line = [node.type, shown.toString(8), mtime, text, same].join(" ");
    for (const path of paths) lines[path] = line;
  }
  return lines;
}

const plain = { mode: 0o755, mtime: 0n };

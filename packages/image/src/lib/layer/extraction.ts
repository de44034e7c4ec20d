import {
  makedev,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  syscall,
} from "@x/syscall";
import type { TarHeader } from "../tar/entry.ts";
import { malformed } from "../tar/fault.ts";
import { creationMode, finishFile, finishNode } from "./attributes.ts";
import type { AttributeContext } from "./attributes.ts";
import type { Directories } from "./directories.ts";
import { entryMeaning, entryPath, joinPath, kernelPath } from "./entry-path.ts";
import type { EntryPath } from "./entry-path.ts";
import { FileContent } from "./file-content.ts";
import { isErrno, kernelSaid } from "./kernel-said.ts";
import { attributesOf, claim } from "./layer-directory.ts";
import type { LayerDirectory } from "./layer-directory.ts";
import { byItself, byName } from "./open-beneath.ts";
import { isDirectory, isWhiteout, statusIfAny } from "./status.ts";
import { hideName, removeName, removeOthers } from "./whiteouts.ts";
import { removeOtherXattrs, setXattr, withoutDefaultAcl, writeXattrs } from "./xattrs.ts";

/** The file whose content is coming. */
interface OpenFile {
  readonly fd: number;
  readonly header: TarHeader;
  readonly final: boolean;
  readonly inherits: boolean;
  readonly content: FileContent;
}

const newFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
const aclLimit = 16 * 2 ** 20;

/** Carries out one entry of a layer's archive after the other, below a root. */
export class Extraction {
  /** Directories that hide all that layers below have in them. */
  readonly opaque: Set<string> = new Set();
  readonly #directories: Directories;
  readonly #context: AttributeContext;
  readonly #opaqueXattr: string;
  #file: OpenFile | undefined;
  #aclBytes = 0;

  constructor(directories: Directories, context: AttributeContext, opaqueXattr: string) {
    this.#directories = directories;
    this.#context = context;
    this.#opaqueXattr = opaqueXattr;
  }

  /** Begins an entry. Throws `ImageError`. */
  entry(header: TarHeader): void {
    this.#directories.release();
    try {
      this.#make(header);
    } catch (error) {
      throw kernelSaid(`make this ${header.type}`, header.name, error);
    }
  }

  /** Takes content of the entry. Throws `ImageError`. */
  data(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === undefined) return;
    try {
      file.content.write(bytes);
    } catch (error) {
      throw kernelSaid("write this file", file.header.name, error);
    }
  }

  /** Ends the entry. Throws `ImageError`. */
  end(): void {
    const file = this.#file;
    if (file === undefined) return;
    const { fd, header, final, inherits, content } = file;
    try {
      content.end();
      finishFile(fd, header, final, inherits, this.#context);
    } catch (error) {
      throw kernelSaid("finish this file", header.name, error);
    }
    this.close();
  }

  /** Closes the file that is open, if one is. */
  close(): void {
    if (this.#file === undefined) return;
    const { fd } = this.#file;
    this.#file = undefined;
    syscall("close", fd);
  }

  #make(header: TarHeader): void {
    const path = entryPath(header.name);
    const meaning = entryMeaning(path, header.name);
    if (meaning.kind === "file") {
      if (path.leaf === "") this.#makeRoot(header);
      else this.#makers[header.type](header, path);
    } else if (meaning.kind === "whiteout") {
      this.#whiteout(path.parent, meaning.name, header.name);
    } else if (meaning.kind === "opaque") {
      this.#makeOpaque(path.parent, header.name);
    } else {
      this.#context.onSkipped(header.name, "aufs kept it for itself, it is no file of the image");
    }
  }

  readonly #makers: Readonly<
    Record<TarHeader["type"], (header: TarHeader, path: EntryPath) => void>
  > = {
    file: (header, path) => this.#makeFile(header, path),
    directory: (header, path) => this.#makeDirectory(header, path),
    hardlink: (header, path) => this.#makeHardLink(header, path),
    symlink: (header, path) => this.#makeSymlink(header, path),
    fifo: (header, path) => this.#makeNode(header, path, S_IFIFO, 0),
    character: (header, path) => this.#makeDevice(header, path, S_IFCHR),
    block: (header, path) => this.#makeDevice(header, path, S_IFBLK),
  };

  #makeFile(header: TarHeader, { parent: path, leaf }: EntryPath): void {
    const parent = this.#directories.reach(path, header.name);
    const { inherits } = parent.node;
    const { mode, final } = creationMode(header, inherits, this.#context);
    const name = kernelPath(leaf);
    const fd = this.#directories.place(parent, leaf, name, () =>
      syscall("openat", parent.fd, name, newFile, mode),
    );
    this.#file = { fd, header, final, inherits, content: new FileContent(fd, header) };
  }

  #makeSymlink(header: TarHeader, { parent: path, leaf }: EntryPath): void {
    const parent = this.#directories.reach(path, header.name);
    const name = kernelPath(leaf);
    const target = Buffer.concat([header.linkName, nul]);
    this.#directories.place(parent, leaf, name, () =>
      syscall("symlinkat", target, parent.fd, name),
    );
    finishNode(parent.fd, name, header, parent.node.inherits, this.#context);
  }

  #makeDevice(header: TarHeader, path: EntryPath, type: number): void {
    const { major, minor, name } = header;
    if (major > 0xfff || minor > 0xfffff) {
      throw malformed(name, `Linux has no device ${major}:${minor}`);
    }
    const { onSkipped, owners } = this.#context;
    if (type === S_IFCHR && major === 0 && minor === 0) {
      return onSkipped(name, "a device 0:0 would hide files of other layers");
    }
    if (owners === "record") return onSkipped(name, "only root can make devices");
    try {
      this.#makeNode(header, path, type, makedev(major, minor));
    } catch (error) {
      if (!isErrno(error, "EPERM")) throw error;
      onSkipped(name, "this user cannot make devices");
    }
  }

  #makeNode(
    header: TarHeader,
    { parent: path, leaf }: EntryPath,
    type: number,
    device: number,
  ): void {
    const parent = this.#directories.reach(path, header.name);
    const name = kernelPath(leaf);
    this.#directories.place(parent, leaf, name, () =>
      syscall("mknodat", parent.fd, name, type | 0o600, device),
    );
    finishNode(parent.fd, name, header, parent.node.inherits, this.#context);
  }

  #makeHardLink(header: TarHeader, { parent: path, leaf }: EntryPath): void {
    const directories = this.#directories;
    const target = entryPath(header.linkName);
    const parent = directories.reach(path, header.name);
    const targetParent = directories.find(target.parent);
    const [name, targetName] = [kernelPath(leaf), kernelPath(target.leaf)];
    const there = targetParent === undefined ? undefined : statusIfAny(targetParent.fd, targetName);
    if (target.leaf === "" || (there !== undefined && isDirectory(there))) {
      throw malformed(header.name, "a hard link to a directory");
    }
    const same = targetParent?.node === parent.node && leaf === target.leaf;
    if (targetParent === undefined || there === undefined || isWhiteout(there)) {
      if (this.#context.whiteouts === "flat" || directories.isBlocked(target.parent || ".")) {
        throw malformed(header.name, "a hard link to a file that is not there");
      }
      directories.postpone(parent, leaf, name, joinPath(target.parent, target.leaf));
      return;
    }
    if (same) return claim(parent.node, leaf);
    directories.place(parent, leaf, name, () =>
      syscall("linkat", targetParent.fd, targetName, parent.fd, name, 0),
    );
  }

  #makeDirectory(header: TarHeader, { parent: path, leaf }: EntryPath): void {
    const directories = this.#directories;
    const parent = directories.reach(path, header.name);
    const name = kernelPath(leaf);
    const plain = directories.mayAll && (header.mode & (0o7000 | this.#context.umask)) === 0;
    const made = directories.make(parent, leaf, name, plain ? header.mode : 0o700);
    const node = made ?? directories.nodeAt(parent, leaf, name);
    if (made === undefined) claim(parent.node, leaf);
    this.#describe(node, header, made === undefined, () => byName(parent.fd, name));
  }

  #makeRoot(header: TarHeader): void {
    if (header.type !== "directory") {
      throw malformed(header.name, `a ${header.type} in the place of the root directory`);
    }
    const { fd, node } = this.#directories.root;
    this.#describe(node, header, true, () => byItself(fd));
  }

  #describe(node: LayerDirectory, header: TarHeader, existed: boolean, place: () => Buffer): void {
    node.described = attributesOf(header);
    node.acl = undefined;
    if (existed) removeOtherXattrs(place(), header.xattrs);
    if (header.xattrs.size === 0) return;
    const { now, later } = withoutDefaultAcl(header.xattrs);
    writeXattrs(place(), now, header.name, this.#context);
    if (later === undefined) return;
    this.#aclBytes += later.length;
    if (this.#aclBytes > aclLimit) {
      throw malformed(header.name, "too many access lists of directories");
    }
    node.acl = later;
  }

  #whiteout(parent: string, leaf: string, entry: Uint8Array): void {
    if (this.#context.whiteouts === "overlay") hideName(this.#directories, parent, leaf, entry);
    else removeName(this.#directories, parent, leaf);
  }

  #makeOpaque(path: string, entry: Uint8Array): void {
    if (this.#context.whiteouts === "flat") {
      const directory = this.#directories.find(path);
      if (directory !== undefined && !directory.node.own) {
        removeOthers(this.#directories, directory.node);
      }
      return;
    }
    const { fd, node } = this.#directories.reach(path, entry);
    setXattr(byItself(fd), this.#opaqueXattr, yes);
    this.opaque.add(node.path);
  }
}

const nul = Buffer.from([0]);
const yes = Buffer.from("y");

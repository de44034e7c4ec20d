import {
  AT_FDCWD,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
  S_IFREG,
} from "@x/syscall";
import { result, step, type Step } from "@x/plan";
import { ETC, ETC_NETWORK, TOP_LEVEL, type Facts } from "../facts.ts";
import { unionSteps } from "@x/unionfs";
import { SandboxError } from "../error.ts";
import type { DirectoryRoot, Sandbox, UnionRoot } from "../sandbox.ts";
import { makeInside, root } from "./inside.ts";
import { copyTree, directory, file, newFilesystem, place, setAttributes } from "./mount.ts";

const ROOT_BYTES = 2 ** 30;
const shared = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

/** What of the host is seen inside, as mounts nobody sees yet, opened while it can be reached. */
export function rootSources(sandbox: Sandbox, facts: Facts): Step[] {
  const { root: from } = sandbox;
  if (from !== "host") return "dir" in from ? directoryRoot(from) : unionRoot(from, facts);
  return [
    copyTree("usr", AT_FDCWD, "/usr", { why: "this machine's programs" }),
    ...hostDirectories(facts).map((name) => copyTree(name, AT_FDCWD, `/${name}`)),
    ...hostEtc(sandbox, facts).map((path, i) =>
      copyTree(`etc ${path}`, AT_FDCWD, `/etc/${path}`, {
        ...(i === 0 ? { why: "what programs need of /etc, and no secret" } : {}),
      }),
    ),
  ];
}

function directoryRoot({ dir, untrusted = false }: DirectoryRoot): Step[] {
  const why = "the root file system, as a mount nobody sees yet";
  const tree = copyTree(root.result, AT_FDCWD, dir, { why, field: "root" });
  if (!untrusted) return [tree];
  const attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  return [
    tree,
    setAttributes(root, { attr_set }, { why: "what came from elsewhere gives nothing" }),
  ];
}

/** Devices that an image brings cannot be opened, nor do its set-user-ID programs give anything. */
function unionRoot(union: UnionRoot, { overlay }: Facts): Step[] {
  if (overlay === undefined) {
    throw new SandboxError(
      "root",
      "a union needs what this machine's overlay can do, as { overlay }",
    );
  }
  const { lower, upper, work, sizeBytes = ROOT_BYTES } = union;
  return unionSteps(
    {
      lower,
      ...(upper === undefined || work === undefined ? { tmpfs: { sizeBytes } } : { upper, work }),
      attributes: MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
      as: root.result,
      field: "root",
    },
    overlay,
  );
}

function missingDirectories(from: DirectoryRoot | UnionRoot): Step[] {
  return (from.directories ?? []).flatMap((path, i) =>
    makeInside(path, { as: `directory ${i}`, field: `root.directories[${i}]` }),
  );
}

/** Puts the new root on top of the old one, where every machine has a directory. */
export function makeRoot(sandbox: Sandbox, facts: Facts): Step[] {
  if (sandbox.root !== "host") return [...enter(), ...missingDirectories(sandbox.root)];
  return [
    ...newFilesystem(
      root.result,
      "tmpfs",
      { mode: "0755", size: "1g" },
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
      "/: fresh memory",
    ),
    ...enter(),
    ...programs(facts),
    ...etc(sandbox, facts),
    ...fresh(sandbox),
  ];
}

/** The new root becomes `/`; the old one, and with it the host, is let go. */
export function pivot(): Step[] {
  return [
    step("fchdir", [root]),
    step("pivot_root", [".", "."], { why: "the container's root becomes /" }),
    step("umount2", [".", MNT_DETACH], { why: "and the host's is gone" }),
    step("chdir", ["/"]),
  ];
}

function enter(): Step[] {
  return [
    step("move_mount", [root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH], {
      why: "on top of the host's root, for the moment",
    }),
  ];
}

function programs(facts: Facts): Step[] {
  const links = Object.entries(facts.topLevel).flatMap(([name, entry]) =>
    typeof entry === "object" ? [step("symlinkat", [entry.link, root, name])] : [],
  );
  const bound = ["usr", ...hostDirectories(facts)].flatMap((name) => [
    directory(root, name),
    setAttributes(result(name), { attr_set: shared }),
    place(result(name), root, name),
  ]);
  return [...bound, ...links];
}

function hostDirectories(facts: Facts): string[] {
  return TOP_LEVEL.filter((name) => facts.topLevel[name] === "directory");
}

function hostEtc(sandbox: Sandbox, facts: Facts): string[] {
  const wanted = sandbox.network === "host" ? [...ETC, ...ETC_NETWORK] : ETC;
  return wanted.filter((path) => facts.etc[path] !== undefined);
}

/** `/etc`: a few files of our own and a few of the host's; all of it to be read only. */
function etc(sandbox: Sandbox, facts: Facts): Step[] {
  const shares = hostEtc(sandbox, facts);
  const at = result("etc");
  return [
    directory(root, "etc"),
    ...shares.flatMap((path) => etcPlace(path, facts)),
    ...Object.entries(files(sandbox)).flatMap(([name, content]) =>
      file(root, `etc/${name}`, content),
    ),
    copyTree(at.result, root, "etc", { recursive: false }),
    place(at, root, "etc"),
    ...shares.map((path) => place(result(`etc ${path}`), at, path)),
    setAttributes(at, { attr_set: shared }, { why: "/etc can only be read" }),
  ];
}

function etcPlace(path: string, facts: Facts): Step[] {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return [
    ...(parent === "" ? [] : [directory(root, `etc/${parent}`)]),
    facts.etc[path] === "directory"
      ? directory(root, `etc/${path}`)
      : step("mknodat", [root, `etc/${path}`, S_IFREG | 0o644, 0]),
  ];
}

function files({ user }: Sandbox): Record<string, string> {
  const { uid = 0, gid = 0 } = user ?? {};
  const named = uid !== 0 && uid !== 65534 ? `user:x:${uid}:${gid}:user:/home:/bin/sh\n` : "";
  const group = gid !== 0 && gid !== 65534 ? `user:x:${gid}:\n` : "";
  return {
    passwd:
      "root:x:0:0:root:/root:/bin/sh\n" +
      `nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n${named}`,
    group: `root:x:0:\ntty:x:5:\nnogroup:x:65534:\n${group}`,
    hosts: "127.0.0.1\tlocalhost\n::1\tlocalhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  };
}

/** Empty directories to write in; they are gone with the container. */
function fresh({ user }: Sandbox): Step[] {
  const { uid = 0, gid = 0 } = user ?? {};
  return [
    directory(root, "tmp", 0o1777),
    directory(root, "root", 0o700),
    directory(root, "home"),
    ...(uid === 0 ? [] : [step("fchownat", [root, "home", uid, gid, 0])]),
    directory(root, "run"),
    directory(root, "var"),
    directory(root, "var/tmp", 0o1777),
  ];
}

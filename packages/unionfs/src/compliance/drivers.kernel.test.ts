import { accessSync, constants, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { findProgram } from "../lib/fuse/find-program.ts";
import { overlayFactsHere } from "../lib/overlay/facts.ts";
import { checkInUserNamespace, type Outcomes } from "../testing/in-user-namespace.ts";
import { checks } from "./checks.ts";
import { runCheck, type Mode } from "./run.ts";

const root = process.getuid?.() === 0;
const linux = process.platform === "linux";
const titles = Object.keys(checks);
const asRoot = root ? "" : ", which takes root";

/** Every driver passes the same suite: what is true of one union is true of all. */
function suite(name: string, mode: Mode, refusal: string | undefined): void {
  describe.skipIf(refusal !== undefined)(`${name}${refusal ?? ""}`, () => {
    test.each(titles)("%s", (title) => runCheck(title, mode));
  });
}

/** The same, by a process that is root of a user namespace. */
function suiteInside(name: string, mode: Mode, refusal: string | undefined): void {
  describe.skipIf(refusal !== undefined)(`${name}, in a user namespace${refusal ?? ""}`, () => {
    let outcomes: Outcomes;
    beforeAll(async () => {
      outcomes = await checkInUserNamespace(mode);
    }, 300_000);
    test.each(titles)("%s", (title) => expect(outcomes[title]).toBeNull());
  });
}

const noRoot = root ? undefined : asRoot;
const facts = root ? await overlayFactsHere().catch(() => undefined) : undefined;
const noPaths = facts?.layers === "data" ? ", which this kernel does not take" : noRoot;
const noUnshare =
  linux && findProgram("unshare") !== undefined ? undefined : ", without unshare(1)";

suite("overlay", { driver: "overlay" }, noRoot);
suite("overlay with its upper directory in memory", { driver: "overlay", tmpfs: true }, noRoot);
suite("overlay with paths of /proc, as from 6.8", { driver: "overlay", layers: "path" }, noPaths);
suite("overlay by mount(2), as from 5.14", { driver: "overlay", layers: "data" }, noRoot);
suiteInside("overlay", { driver: "overlay" }, noUnshare);
suiteInside("overlay in memory", { driver: "overlay", tmpfs: true }, noUnshare);
suiteInside("overlay by mount(2)", { driver: "overlay", layers: "data" }, noUnshare);

suite("fuse-overlayfs", { driver: "fuse-overlayfs" }, noFuse());
suite("fuse-overlayfs in memory", { driver: "fuse-overlayfs", tmpfs: true }, noRoot ?? noFuse());

suite("copy", { driver: "copy" }, linux ? undefined : ", without Linux");
suite("copy in memory", { driver: "copy", tmpfs: true }, noRoot);
suiteInside("copy", { driver: "copy" }, noUnshare);

suite("aufs", { driver: "aufs" }, noAufs() ?? noRoot);

function noFuse(): string | undefined {
  if (findProgram("fuse-overlayfs") === undefined) return ", which is not installed";
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return ", since /dev/fuse cannot be opened";
  }
}

function noAufs(): string | undefined {
  const known = linux && readFileSync("/proc/filesystems", "utf8").includes("\taufs\n");
  return known ? undefined : ", which this kernel has not (/proc/filesystems)";
}

import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { AT_FDCWD, MOVE_MOUNT_F_EMPTY_PATH, PR_SET_DUMPABLE } from "@x/syscall";
import { exec, launch, result, step, type Plan } from "@x/plan";
import { describe, expect, test } from "vitest";
import { mountUnion } from "../lib/mount-union.ts";
import { overlayFacts } from "../lib/overlay/facts.ts";
import { ownMounts, ownUserNamespace } from "../lib/overlay/own-namespaces.ts";
import { unionSteps } from "../lib/overlay/union-steps.ts";
import { folder, type Folder } from "../testing/folder.ts";
import { attribute } from "../testing/marks.ts";

const root = process.getuid?.() === 0;
const user = 12_345;

/** A layer whose attributes say that what is asked for lies elsewhere. */
function hostile(place: Folder): string[] {
  const lower = [
    place.tree("l1", { "moved/.": null, file: "" }),
    place.tree("l2", { "secret/x": "secret", file: "mine" }),
  ];
  attribute(place.at("l1/moved"), "trusted.overlay.redirect", "/secret");
  attribute(place.at("l1/file"), "trusted.overlay.metacopy", "");
  attribute(place.at("l1/file"), "trusted.overlay.redirect", "/secret/x");
  return lower;
}

function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "failed";
  }
}

describe.skipIf(!root)("B13: attributes of a hostile layer (writing them takes root)", () => {
  test("lead a mount with redirects on elsewhere: the control", () => {
    using place = folder();
    const lower = hostile(place).join(":");
    const options = `lowerdir=${lower},redirect_dir=on,metacopy=on`;
    place.tree("t", {});
    const script = 'mount -t overlay overlay -o "$1" "$2" && cat "$2/moved/x" "$2/file"';
    const args = ["-m", "sh", "-c", script, "sh", options, place.at("t")];
    expect(execFileSync("unshare", args, { encoding: "utf8" })).toBe("secretsecret");
  });

  test.each(["overlay", "copy"] as const)("lead nowhere in a union by %s", async (driver) => {
    using place = folder();
    const lower = hostile(place);
    await using union = await mountUnion({ driver, lower, target: place.tree("t", {}), tmpfs: {} });
    const moved = attempt(() => readdirSync(`${union.target}/moved`).join());
    expect(["", "EPERM", "EIO"]).toContain(moved);
    const file = attempt(() => readFileSync(`${union.target}/file`, "utf8"));
    expect(["", "EPERM", "EIO"]).toContain(file);
    expect(readFileSync(`${union.target}/secret/x`, "utf8")).toBe("secret");
  });

  test("are switched off in so many words, whatever this kernel was built with", async () => {
    using place = folder();
    const options = { lower: hostile(place), target: place.tree("t", {}), tmpfs: {} };
    await using union = await mountUnion({ driver: "overlay", ...options });
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const line = mounts.find((one) => one.split(" ")[4] === union.target);
    expect(line).toContain("redirect_dir=nofollow");
    expect(line).not.toMatch(/metacopy=on|index=on|nfs_export=on/);
  });
});

describe.skipIf(!root)("B14: a set-user-ID file below, in a user namespace (made by root)", () => {
  const script = `
    for name in theirs mine; do
      echo more 2>/dev/null >> $name && echo "$name: written" || echo "$name: refused"
    done`;

  /** An ordinary user, root of a user namespace with its own id alone, in a union. */
  async function inUnion(place: Folder, lower: string): Promise<string> {
    const [upper, work] = [place.tree("u", {}), place.tree("w", {})];
    [place.path, upper, work].forEach((path) => chownSync(path, user, user));
    const facts = await overlayFacts({ userNamespace: true });
    const target = place.tree("t", {});
    const plan: Plan = [
      step("setgroups", [0, null]),
      step("setresgid", [user, user, user]),
      step("setresuid", [user, user, user]),
      step("prctl", [PR_SET_DUMPABLE, 1]),
      ...ownUserNamespace({ uid: user, gid: user }),
      ...ownMounts(),
      ...unionSteps({ lower: [lower], upper, work }, facts),
      step("move_mount", [result("union"), "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH]),
      step("chdir", [target]),
      exec(["/bin/sh"], ["sh", "-c", script], ["PATH=/usr/bin:/bin"]),
    ];
    await using launched = await launch(plan, { stdio: ["ignore", "pipe", "inherit"] });
    return await text(launched.stdout!);
  }

  test("is not copied up when its owner has no id there; one that has loses the bit", async () => {
    using place = folder();
    const lower = place.tree("l", { theirs: "", mine: "" });
    chownSync(place.at("l/mine"), user, user);
    chmodSync(place.at("l/theirs"), 0o4777);
    chmodSync(place.at("l/mine"), 0o4777);
    expect(await inUnion(place, lower)).toBe("theirs: refused\nmine: written\n");
    expect(readdirSync(place.at("u"))).toEqual(["mine"]);
    const { mode, uid } = lstatSync(place.at("u/mine"));
    expect(mode & 0o6000).toBe(0);
    expect(uid).toBe(user);
  });
});

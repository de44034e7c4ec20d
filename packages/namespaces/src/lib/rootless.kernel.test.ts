import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, printed } from "../testing/outcome.ts";
import { clone } from "./clone.ts";

/*
 * What an ordinary user can do, whoever runs the tests: a user who is known to the programs in one
 * mount namespace alone, with ranges in an /etc/subuid of its own.
 */
const UID = 54_321;
const START = 3_000_000;
const program = fileURLToPath(new URL("../testing/attempt.ts", import.meta.url));
const helpers = existsSync("/usr/bin/newuidmap") && existsSync("/usr/bin/newgidmap");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rootless-"));
  const ranges = `somebody:${START}:1000\n`;
  const known = (file: string): string => readFileSync(`/etc/${file}`, "utf8");
  writeFileSync(join(folder, "passwd"), `${known("passwd")}somebody:x:${UID}:${UID}::/:/bin/sh\n`);
  writeFileSync(join(folder, "group"), `${known("group")}somebody:x:${UID}:\n`);
  writeFileSync(join(folder, "subuid"), ranges);
  writeFileSync(join(folder, "subgid"), ranges);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How a `clone` goes for an ordinary user. */
async function attempt(options: object, script: string, ...words: string[]): Promise<unknown> {
  const become = `
    for f in passwd group subuid subgid; do
      touch /etc/$f; mount --bind ${folder}/$f /etc/$f || exit 1
    done
    exec setpriv --reuid ${UID} --regid ${UID} --clear-groups -- "$@"`;
  const node = [process.execPath, "--conditions=source", "--import", "tsx", program];
  const command = ["sh", "-c", become, "sh", ...node, JSON.stringify(options), script, ...words];
  const env = { ...process.env, HOME: "/", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
  return JSON.parse(
    await printed(clone(command, { namespaces: ["mount"], env, cwd: import.meta.dirname })),
  );
}

const nothing = { children: [], descriptors: [] };
const show = "id -u; id -g; id -G; cat /proc/self/setgroups; tr -s ' ' ' ' </proc/self/uid_map";

describe.skipIf(!isRoot)("an ordinary user (needs root, to become one)", () => {
  test("is root in a user namespace of their own, and keeps their groups", async () => {
    expect(await attempt({ namespaces: ["user", "pid", "mount", "net"] }, show)).toMatchObject({
      stdout: `0\n0\n0\ndeny\n 0 ${UID} 1\n`,
      code: 0,
    });
  });

  test("needs that user namespace for any other", async () => {
    const refused = await attempt({ namespaces: ["uts"] }, "true");
    expect(refused).toMatchObject({
      name: "PlanError",
      code: "EPERM",
      field: "namespaces",
      left: nothing,
    });
  });

  test("cannot map somebody else", async () => {
    const uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
    const refused = await attempt({ namespaces: ["user"], uidMappings }, "true");
    expect(refused).toMatchObject({ field: "uidMappings", left: nothing });
  });

  test("cannot have supplementary groups where groups are fixed", async () => {
    expect(await attempt({ namespaces: ["user"], groups: [0] }, "true")).toMatchObject({
      code: "X_NAMESPACE_INVALID",
      field: "groups",
    });
  });
});

describe.skipIf(!isRoot || !helpers)(
  "an ordinary user with ranges (needs root and newuidmap)",
  () => {
    test("maps them by the helpers, and has groups of the container's alone", async () => {
      const options = { namespaces: ["user", "pid", "mount"], uid: 5, gid: 6, groups: [7] };
      expect(await attempt(options, show, "rootless")).toMatchObject({
        stdout: `5\n6\n6 7\nallow\n 0 ${UID} 1\n 1 ${START} 1000\n`,
        code: 0,
      });
    });

    test("cannot map what is not theirs; the helper's words are in the error", async () => {
      const uidMappings = [{ containerID: 0, hostID: START + 500, size: 1000 }];
      expect(await attempt({ namespaces: ["user"], uidMappings }, "true")).toMatchObject({
        name: "NamespaceError",
        code: "X_NAMESPACE_HELPER",
        field: "uidMappings",
        message: expect.stringMatching(/newuidmap.*not allowed/),
        left: nothing,
      });
    });

    test("can have ranges of groups alone", async () => {
      const gidMappings = [{ containerID: 0, hostID: START, size: 10 }];
      expect(await attempt({ namespaces: ["user"], gidMappings }, show)).toMatchObject({
        stdout: `0\n0\n0\nallow\n 0 ${UID} 1\n`,
      });
    });
  },
);

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeBusyboxImage, startRegistry, type TestRegistry } from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaint } from "../testing/complaint.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";
import { outcome, spawnX, type Outcome } from "../testing/x.ts";

describe.skipIf(missing !== undefined).each(["basic", "token"] as const)(
  `a registry with %s authentication${reason}`,
  (auth) => {
    let work: Workplace;
    let registry: TestRegistry;
    let layout: string;
    let image: string;

    const withPassword = async (password: string, ...args: string[]): Promise<Outcome> => {
      const { program, env } = work;
      const child = spawnX(args, "pipe", { program, env });
      child.stdin!.end(`${password}\n`);
      return outcome(child);
    };
    const login = async (password: string): Promise<Outcome> =>
      withPassword(
        password,
        "login",
        "-u",
        registry.user.username,
        "--password-stdin",
        registry.host,
      );
    const skopeo = async (verb: string, ...args: string[]): Promise<string> =>
      work.tool("skopeo", verb, "--authfile", join(work.directory, "skopeo.json"), ...args);

    beforeAll(async () => {
      work = await openWorkplace();
      registry = await startRegistry({ auth });
      layout = join(work.directory, "layout");
      makeBusyboxImage(layout);
      image = `${registry.host}/private/busybox`;
      const { username, password } = registry.user;
      await skopeo("login", "--tls-verify=false", "-u", username, "-p", password, registry.host);
      const to = ["--dest-tls-verify=false", `docker://${image}`];
      await skopeo("copy", `oci:${layout}:busybox`, ...to);
    });
    afterAll(async () => {
      await registry?.[Symbol.asyncDispose]();
      work?.[Symbol.dispose]();
    });

    test("tells a stranger where credentials were looked for", async () => {
      const [status, line, ...more] = complaint(await work.x("pull", image));
      expect([status, more]).toEqual([1, []]);
      expect(line).toMatch(/^x: cannot pull .*\/private\/busybox:latest: .* wants credentials/);
      expect(line).toContain(work.env["REGISTRY_AUTH_FILE"]);
      expect(line).toContain(`${work.env["DOCKER_CONFIG"]}/config.json`);
      expect(line).toContain(`x login ${registry.host}`);
    });

    test("does not let a wrong password in, which is neither repeated nor kept", async () => {
      const result = await login("not the password");
      const [status, line, ...more] = complaint(result);
      expect([status, more]).toEqual([1, []]);
      expect(line).toMatch(/does not accept the credentials of "alice"/);
      expect(result.stdout + result.stderr).not.toContain("not the password");
      expect(complaint(await work.x("pull", image))[1]).toMatch(/there are none/);
    });

    test("lets x in that has logged in, to pull and push, and out again", async () => {
      expect(await login(registry.user.password)).toMatchObject({ status: 0, stderr: "" });
      expect(await work.x("pull", "--quiet", image)).toMatchObject({ status: 0, stderr: "" });
      const pushed = await work.x("push", "--quiet", image, `${registry.host}/private/again`);
      expect(pushed).toMatchObject({ status: 0, stderr: "" });
      const inspect = ["--tls-verify=false", "--format", "{{.Digest}}"];
      const again = `docker://${registry.host}/private/again`;
      expect(await skopeo("inspect", ...inspect, again)).toBe(pushed.stdout);
      // What x has kept is for skopeo, too.
      const kept = work.env["REGISTRY_AUTH_FILE"]!;
      expect(readFileSync(kept, "utf8")).not.toContain(registry.user.password);
      const other = ["inspect", "--authfile", kept, ...inspect, again];
      expect(await work.tool("skopeo", ...other)).toBe(pushed.stdout);
      expect(await work.x("logout", registry.host)).toMatchObject({ status: 0 });
      expect(complaint(await work.x("pull", image))[1]).toMatch(/there are none/);
    });

    test("lets x in when skopeo has logged in", async () => {
      const env = { REGISTRY_AUTH_FILE: join(work.directory, "skopeo.json") };
      const pulled = await work.xIn({ env }, "pull", "--quiet", image);
      expect(pulled).toMatchObject({ status: 0, stderr: "" });
    });
  },
);

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeBusyboxImage, startRegistry, type TestRegistry } from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaint } from "../testing/complaint.ts";
import { makeConfiguredImage } from "../testing/configured-image.ts";
import { startPodman, type Podman } from "../testing/podman.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";
import { outcome, spawnX, type Outcome } from "../testing/x.ts";

describe.skipIf(missing !== undefined)(`x run of an image${reason}`, () => {
  let work: Workplace;
  let registry: TestRegistry;
  let podman: Podman;
  let app: string;

  const at = (...path: string[]): string => join(work.directory, ...path);
  const give = async (tag: string, to: string): Promise<unknown> =>
    work.tool(
      "skopeo",
      "copy",
      "--dest-tls-verify=false",
      `oci:${at("layout")}:${tag}`,
      `docker://${to}`,
    );

  beforeAll(async () => {
    work = await openWorkplace();
    registry = await startRegistry();
    podman = await startPodman(at("podman"), "overlay");
    makeConfiguredImage(at("layout"), "app");
    app = `${registry.host}/test/app`;
    await give("app", app);
    await work.x("pull", app);
    await podman.podman("pull", "--quiet", "--tls-verify=false", app);
  });
  afterAll(async () => {
    await podman?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  test("has its entrypoint, command, environment, user with groups and working directory", async () => {
    expect(await work.x("run", "--rm", app)).toEqual({
      status: 0,
      stdout: [
        "args one two",
        "id 1000:1000 1000 20 30",
        // Not there before.
        "cwd /made/up",
        "env hello / /usr/sbin:/usr/bin:/sbin:/bin",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  test.each([
    [[], []],
    [[], ["three", "--four"]],
    [["--user", "root"], []],
    // For the home of one who has none podman takes the working directory; docker, and we, take /.
    [["--user", "77:88", "--workdir", "/"], []],
    [["--user", "user:extra", "--workdir", "/tmp", "--env", "GREETING=bye"], ["x"]],
    [["--entrypoint", "/bin/echo"], []],
    [
      ["--entrypoint", "/bin/echo"],
      ["x", "y"],
    ],
  ])("and %j %j is what podman makes of it", async (options, args) => {
    const ours = await work.x("run", "--rm", ...options, app, "--", ...args);
    expect(ours.stdout).toBe(await podman.run(...options, app, ...args));
    expect(ours).toMatchObject({ status: 0, stderr: "" });
  });

  test("passes SIGTERM on as its stop signal, or as the one that is asked for", async () => {
    const stop = async (...options: string[]): Promise<Outcome> => {
      const { program, env } = work;
      const child = spawnX(["run", "--rm", ...options, app, "wait"], "ignore", { program, env });
      const ended = outcome(child);
      child.stdout!.on("data", (text: string) => {
        if (text.includes("ready")) child.kill("SIGTERM");
      });
      return ended;
    };
    expect(await stop()).toMatchObject({ status: 7, stdout: expect.stringMatching(/got USR1\n$/) });
    expect(await stop("--stop-signal", "TERM")).toMatchObject({
      status: 8,
      stdout: expect.stringMatching(/got TERM\n$/),
    });
  });

  test("keeps its volumes out of what changed and of what is committed", async () => {
    const script = "echo x > /data/f && cat /data/f && echo y > /kept";
    const options = ["--name", "volumes", "--user", "root", "--entrypoint", "/bin/sh"];
    const ran = await work.x("run", ...options, app, "--", "-c", script);
    expect(ran).toEqual({ status: 0, stdout: "x\n", stderr: "" });
    const { stdout } = await work.x("diff", "volumes");
    expect(stdout).toBe("A /kept\nA /made\nA /made/up\n");
    expect(await work.x("commit", "volumes", "kept")).toMatchObject({ status: 0 });
    await work.x("export", "-o", at("kept.tar"), "kept");
    const names = execFileSync("tar", ["-tf", at("kept.tar")], { encoding: "utf8" }).split("\n");
    expect(names).toContain("kept");
    expect(names.filter((name) => name.startsWith("data"))).toEqual([]);
    await work.x("rm", "volumes");
  });

  test("leaves nothing with --rm, and a container of a name that is taken without", async () => {
    expect(readdirSync(at("store/containers"))).toEqual([]);
    await work.x("run", "--rm", "--name", "one", app);
    expect(readdirSync(at("store/containers"))).toEqual([]);
    await work.x("run", "--name", "one", app);
    expect(readdirSync(at("store/containers"))).toHaveLength(1);
    const [status, line, ...more] = complaint(await work.x("run", "--name", "one", app));
    expect([status, more]).toEqual([125, []]);
    expect(line).toMatch(/^x: the name one is taken/);
    expect(await work.x("rm", "one")).toEqual({ status: 0, stdout: "one\n", stderr: "" });
    expect(readdirSync(at("store/containers"))).toEqual([]);
  });

  test("asks the registry never, when the image is missing, or always", async () => {
    const moving = `${registry.host}/test/moving`;
    for (const version of ["1", "2"]) {
      makeBusyboxImage(at("layout"), { tag: version });
      const image = `${at("layout")}:${version}`;
      await work.tool("umoci", "config", "--image", image, "--config.env", `VERSION=${version}`);
    }
    const run = async (policy: string): Promise<string> => {
      const program = ["sh", "-c", "echo $VERSION"];
      const ran = await work.x("run", "--rm", "--pull", policy, moving, ...program);
      return ran.status === 0 ? ran.stdout : `${ran.status}`;
    };
    await give("1", moving);
    expect(await run("never")).toBe("125");
    expect(await run("missing")).toBe("1\n");
    await give("2", moving);
    expect(await run("never")).toBe("1\n");
    expect(await run("missing")).toBe("1\n");
    expect(await run("always")).toBe("2\n");
  });
});

import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import {
  makeBusyboxImage,
  makeMultiPlatformImage,
  startRegistry,
  type TestRegistry,
} from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaint } from "../testing/complaint.ts";
import { openMountNamespace } from "../testing/mount-namespace.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";

describe.skipIf(missing !== undefined)(`x says in one sentence${reason}`, () => {
  let work: Workplace;
  let registry: TestRegistry;
  let secure: TestRegistry;
  let layout: string;

  const at = (...path: string[]): string => join(work.directory, ...path);
  const ref = (tag: string): string => `${registry.host}/test/${tag}`;
  const storeOf = (name: string): { env: { X_STORE: string } } => ({ env: { X_STORE: at(name) } });
  const give = async (from: string, to: string): Promise<unknown> =>
    work.tool("skopeo", "copy", "--all", "--dest-tls-verify=false", `oci:${layout}:${from}`, to);

  beforeAll(async () => {
    work = await openWorkplace();
    [registry, secure] = [
      await startRegistry({ storage: at("kept") }),
      await startRegistry({ tls: true }),
    ];
    layout = at("layout");
    makeBusyboxImage(layout);
    makeMultiPlatformImage(layout);
    for (const tag of ["busybox", "multi"]) await give(tag, `docker://${ref(tag)}`);
    await give("busybox", `docker://${ref("busybox")}:1.0`);
    await give("busybox", `docker://${secure.host}/test/busybox`);
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    await secure?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  test("that there is no such tag, and which there are", async () => {
    const sentence = `x: ${ref("busybox")} has no tag 2.0. There are `;
    for (const [command, expected] of [
      ["pull", 1],
      ["run", 125],
    ] as const) {
      const [status, line, ...more] = complaint(await work.x(command, `${ref("busybox")}:2.0`));
      expect([status, more]).toEqual([expected, []]);
      // In the order of the registry, which is that of its disk.
      expect([`${sentence}1.0, latest`, `${sentence}latest, 1.0`]).toContain(line);
    }
  });

  test("that there is no such repository", async () => {
    const [status, line, ...more] = complaint(await work.x("pull", ref("nosuch")));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(/^x: there is no .*\/test\/nosuch\. Is the name right/);
  });

  test("that there is no such image here, and which there are", async () => {
    await work.x("pull", "--quiet", ref("busybox"));
    const [status, line, ...more] = complaint(await work.x("run", "--pull", "never", "nosuch"));
    expect([status, more]).toEqual([125, []]);
    expect(line).toMatch(/^x: there is no image .*\/nosuch:latest here\. There are? .*busybox/);
  });

  test("that an image is not for this platform, and for which it is", async () => {
    const pull = ["pull", "--platform", "linux/s390x"];
    expect(complaint(await work.x(...pull, ref("multi")))).toEqual([
      1,
      "x: the image has nothing for linux/s390x. It has linux/amd64, linux/arm64/v8, linux/arm/v7",
    ]);
    expect(complaint(await work.x(...pull, ref("busybox")))).toEqual([
      1,
      `x: ${ref("busybox")}:latest has nothing for linux/s390x. It is for linux/amd64 alone`,
    ]);
  });

  test("that the disk is full, and leaves nothing behind on it", async () => {
    await using namespace = await openMountNamespace();
    mkdirSync(at("small"));
    await namespace.run("mount", "-t", "tmpfs", "-o", "size=1m", "none", at("small"));
    const program = [...namespace.enter, ...work.program];
    const small = { program, env: { X_STORE: at("small/store") } };
    const [status, line, ...more] = complaint(await work.xIn(small, "pull", ref("busybox")));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(/^x: .*no space left below .*\/small\/store .*x system prune.*X_STORE/);
    expect((await work.xIn(small, "system", "check")).stdout).toBe("nothing to mend\n");
    // With as much as it needs, it is pulled to the same place.
    await namespace.run("mount", "-o", "remount,size=8m", at("small"));
    expect(await work.xIn(small, "pull", ref("busybox"))).toMatchObject({ status: 0 });
  });

  test("that the disk became full while it unpacked", async () => {
    await using namespace = await openMountNamespace();
    mkdirSync(at("tight"));
    // Room for the 1.1 MB of the layer, and not for the 2 MB that are in it.
    await namespace.run("mount", "-t", "tmpfs", "-o", "size=2m", "none", at("tight"));
    const program = [...namespace.enter, ...work.program];
    const tight = { program, env: { X_STORE: at("tight/store") } };
    const [status, line, ...more] = complaint(await work.xIn(tight, "pull", ref("busybox")));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(/^x: .*(no space|ENOSPC)/i);
    expect((await work.xIn(tight, "system", "check")).status).toBe(0);
    expect(readdirSync(namespace.outside(at("tight/store/layers")))).toEqual([]);
  });

  test("that nobody knows who signed the certificate, unless it is told", async () => {
    // By a name: without being told, x speaks plain http to an address of this machine.
    await using namespace = await openMountNamespace();
    writeFileSync(at("hosts"), "127.0.0.1 registry.test\n");
    await namespace.run("mount", "--bind", at("hosts"), "/etc/hosts");
    const named = `registry.test:${secure.host.split(":")[1]}/test/busybox`;
    const program = [...namespace.enter, ...work.program];
    const [status, line, ...more] = complaint(await work.xIn({ program }, "pull", named));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(/^x: cannot pull registry\.test.*certificate.*--ca.*--insecure/);
    const image = `${secure.host}/test/busybox`;
    expect(complaint(await work.x("pull", image))[1]).toMatch(/It speaks TLS: .*--ca/);
    writeFileSync(at("ca.pem"), secure.ca!);
    const pull = async (store: string, ...options: string[]): Promise<unknown> =>
      complaint(await work.xIn(storeOf(store), "pull", ...options, image));
    expect(await pull("by-ca", "--ca", at("ca.pem"))).toEqual([0]);
    expect(await pull("insecure", "--insecure")).toEqual([0]);
  });

  test("that a registry does not run", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    await once(server, "close");
    const [status, line, ...more] = complaint(await work.x("pull", `${host}/test/busybox`));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(/nothing listens at .*ECONNREFUSED.*Is the registry running/);
  });

  test("that a blob is not what its digest says, keeps none of it, and takes the right one", async () => {
    const { stdout } = await work
      .tool("skopeo", "inspect", "--tls-verify=false", `docker://${ref("busybox")}`)
      .then((text) => ({ stdout: text }));
    const [digest = ""] = (JSON.parse(stdout) as { Layers: string[] }).Layers;
    const hex = digest.replace("sha256:", "");
    const blob = at("kept/docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
    const right = readFileSync(blob);
    const wrong = Buffer.from(right);
    wrong[wrong.length >> 1]! ^= 1;
    writeFileSync(blob, wrong);
    const pull = async (): Promise<ReturnType<typeof complaint>> =>
      complaint(await work.xIn(storeOf("mismatch"), "pull", ref("busybox")));
    const [status, line, ...more] = await pull();
    expect([status, more]).toEqual([1, []]);
    expect(line).toContain(digest);
    expect(line).toMatch(/^x: what came is sha256:.* and not .*damaged.*nothing of it was kept$/);
    expect(readdirSync(at("mismatch/images/blobs/sha256"))).not.toContain(hex);
    expect(readdirSync(at("mismatch/layers"))).toEqual([]);
    writeFileSync(blob, right);
    expect(await pull()).toEqual([0]);
  });
});

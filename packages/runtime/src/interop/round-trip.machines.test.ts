import { join } from "node:path";
import {
  makeBusyboxImage,
  onPath,
  snapshotTree,
  startRegistry,
  type TestRegistry,
} from "@x/image/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startContainerd } from "../testing/containerd.ts";
import { addDebian } from "../testing/debian-layout.ts";
import { ordinaryUser } from "../testing/ordinary-user.ts";
import { exceptPodmansRoot, startPodman, type Podman } from "../testing/podman.ts";
import { stackedTree } from "../testing/stacked-tree.ts";
import { treeDifferences } from "../testing/tree-differences.ts";
import { missing, openWorkplace, reason, type Workplace } from "../testing/workplace.ts";

interface Inspected {
  readonly config: unknown;
  readonly descriptor: { readonly digest: string };
  readonly manifest: {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
}

describe.skipIf(missing !== undefined)(`an image that x has changed${reason}`, () => {
  let work: Workplace;
  let registry: TestRegistry;
  let podman: Podman;
  let derived: string;

  const at = (...path: string[]): string => join(work.directory, ...path);
  /** Standard output of a command that says nothing else and succeeds. */
  const ok = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await work.x(...args);
    expect([args, status, stderr]).toEqual([args, 0, ""]);
    return stdout;
  };
  const inspected = async (image: string): Promise<Inspected> => {
    const [one] = JSON.parse(await ok("inspect", image)) as [Inspected];
    return one;
  };

  beforeAll(async () => {
    work = await openWorkplace();
    registry = await startRegistry();
    podman = await startPodman(at("podman"), "overlay");
    addDebian(at("layout"));
    makeBusyboxImage(at("layout"));
    for (const tag of ["debian", "busybox"]) {
      const to = ["--dest-tls-verify=false", `docker://${registry.host}/${tag}`];
      await work.tool("skopeo", "copy", `oci:${at("layout")}:${tag}`, ...to);
    }
    derived = `${registry.host}/derived`;
    const script = "apt-get --version && touch /etc/new && rm /etc/hostname";
    const image = `${registry.host}/debian`;
    const ran = await work.x("run", "-q", "--name", "changed", image, "--", "sh", "-c", script);
    expect(ran).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/^apt 2\./) });
  }, 120_000);
  afterAll(async () => {
    await podman?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    work?.[Symbol.dispose]();
  });

  test("differs from what it was in what was done", async () => {
    expect(await ok("diff", "changed")).toBe("C /etc\nD /etc/hostname\nA /etc/new\n");
  });

  test("has the same digest each time with SOURCE_DATE_EPOCH, and another without", async () => {
    const commit = async (env: Record<string, string>): Promise<string> =>
      (await work.xIn({ env }, "commit", "--quiet", "changed", "reproducible")).stdout;
    const first = await commit({ SOURCE_DATE_EPOCH: "1700000000" });
    expect(first).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(await commit({ SOURCE_DATE_EPOCH: "1700000000" })).toBe(first);
    expect(await commit({ SOURCE_DATE_EPOCH: "1700000001" })).not.toBe(first);
    expect(await commit({})).not.toBe(first);
  });

  test("is the same for skopeo, podman and umoci: configuration, digests, tree", async () => {
    const change = ["-c", 'CMD ["cat", "/etc/new"]', "-c", 'ENV ADDED="by x"', "-m", "a remark"];
    await ok("commit", ...change, "changed", derived);
    const pushed = (await ok("push", "--quiet", derived)).trim();
    const { config, descriptor, manifest } = await inspected(derived);
    expect(descriptor.digest).toBe(pushed);

    const skopeo = async (...args: string[]): Promise<string> =>
      work.tool("skopeo", "inspect", "--tls-verify=false", ...args, `docker://${derived}`);
    expect(JSON.parse(await skopeo("--config", "--raw"))).toEqual(config);
    expect(JSON.parse(await skopeo())).toMatchObject({
      Digest: pushed,
      Layers: manifest.layers.map(({ digest }) => digest),
      Env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "ADDED=by x"],
    });

    const id = (await podman.podman("pull", "--quiet", "--tls-verify=false", derived)).trim();
    expect(`sha256:${id}`).toBe(manifest.config.digest);
    const script = "ls /etc/new && echo $ADDED";
    expect(await podman.run(derived, "sh", "-c", script)).toBe("/etc/new\nby x\n");
    expect(await ok("run", "--rm", derived, "--", "sh", "-c", script)).toBe("/etc/new\nby x\n");

    await work.tool(
      "skopeo",
      "copy",
      "--src-tls-verify=false",
      `docker://${derived}`,
      `oci:${at("copy")}:derived`,
    );
    await work.tool("umoci", "unpack", "--image", `${at("copy")}:derived`, at("bundle"));
    const umocis = await snapshotTree(at("bundle/rootfs"));
    await ok("export", "-o", at("image/"), derived);
    const ours = await snapshotTree(at("image"));
    expect([ours.has("etc/new"), ours.has("etc/hostname")]).toEqual([true, false]);
    expect(treeDifferences(ours, umocis)).toEqual([]);
    const podmans = await snapshotTree(await podman.mount(derived));
    const stacked = await stackedTree(work, derived);
    expect(treeDifferences(stacked, podmans, exceptPodmansRoot)).toEqual([]);
  }, 120_000);

  test("is exported as a container and as an image alike", async () => {
    const image = `${registry.host}/busybox`;
    const script = "rm -r /etc; mkdir /etc; echo a > /etc/a; ln /etc/a /b; chmod 700 /bin";
    await ok("run", "--quiet", "--name", "exported", image, "--", "sh", "-c", script);
    await ok("commit", "exported", "of-exported");
    await ok("export", "-o", at("container/"), "exported");
    await ok("export", "-o", at("of-exported/"), "of-exported");
    const tree = await snapshotTree(at("of-exported"));
    expect(tree.get("b")).toMatchObject({ links: 2, same: ["b", "etc/a"] });
    expect(treeDifferences(tree, await snapshotTree(at("container")))).toEqual([]);
  });

  test.skipIf(!onPath("containerd"))("is the same to the byte for containerd", async () => {
    await ok("pull", "--quiet", `${registry.host}/busybox`);
    await ok("run", "--name", "touched", `${registry.host}/busybox`, "--", "touch", "/new");
    await ok("commit", "touched", "small");
    await ok("save", "--quiet", "-o", at("small.tar"), "small");
    const { descriptor, manifest } = await inspected("small");
    await using containerd = await startContainerd(at("containerd"));
    await containerd.ctr("images", "import", "--snapshotter", "native", at("small.tar"));
    const images = await containerd.ctr("images", "ls");
    expect(images).toMatch(
      new RegExp(`^docker.io/library/small:latest .*${descriptor.digest}`, "m"),
    );
    for (const { digest } of [descriptor, manifest.config, ...manifest.layers]) {
      expect(`sha256:${await containerd.hashOf(digest)}`).toBe(digest);
    }
  });

  test("by an ordinary user is the same for everybody", async () => {
    const user = ordinaryUser(work);
    const [image, theirs] = [`${registry.host}/busybox`, `${registry.host}/rootless`];
    const script = [
      "id -u; mkdir /made; echo a > /made/file; chmod 4711 /made/file",
      "rm /etc/hostname; chmod 640 /etc/passwd",
    ].join("; ");
    const run = ["run", "--quiet", "--name", "theirs", image, "--", "sh", "-c", script];
    expect(await work.xIn(user, ...run)).toEqual({ status: 0, stdout: "0\n", stderr: "" });
    expect((await work.xIn(user, "diff", "theirs")).stdout).toBe(
      "C /etc\nD /etc/hostname\nC /etc/passwd\nA /made\nA /made/file\n",
    );
    expect(await work.xIn(user, "commit", "theirs", theirs)).toMatchObject({ status: 0 });
    expect(await work.xIn(user, "push", "--quiet", theirs)).toMatchObject({
      status: 0,
      stderr: "",
    });
    await ok("pull", "--quiet", theirs);
    await ok("export", "-o", at("theirs/"), theirs);
    const tree = await snapshotTree(at("theirs"));
    expect(tree.get("made/file")).toMatchObject({ mode: "4711", uid: 0, gid: 0, xattrs: {} });
    expect(tree.get("etc/passwd")).toMatchObject({ mode: "640", uid: 0, gid: 0, xattrs: {} });
    expect(tree.has("etc/hostname")).toBe(false);
    await podman.podman("pull", "--quiet", "--tls-verify=false", theirs);
    const podmans = await snapshotTree(await podman.mount(theirs));
    expect(treeDifferences(tree, podmans, exceptPodmansRoot)).toEqual([]);
  });
});

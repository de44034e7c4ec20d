import { describe, expect, test } from "vitest";
import { describeImage } from "./describe-image.ts";

const root = { lower: ["/layers/2", "/layers/1"] };
const database = { passwd: "app:x:1000:1001::/srv:/bin/sh\n", group: "extra:x:20:app\n" };
const host = { root: true, networkFiles: ["/etc/resolv.conf"] };

describe("the container of an image", () => {
  test("has the image's command, environment, user, directory and stop signal", () => {
    const config = {
      Entrypoint: ["/serve"],
      Cmd: ["--fast"],
      Env: ["A=1"],
      User: "app",
      WorkingDir: "srv/data",
      Volumes: { "/var/lib/data": {} },
      ExposedPorts: { "80/tcp": {} },
      StopSignal: "QUIT",
    };
    const { sandbox, stopSignal, covered } = describeImage({ config }, root, database, {}, host);
    expect(sandbox).toEqual({
      root: { ...root, directories: ["/srv/data", "/var/lib/data"] },
      args: ["/serve", "--fast"],
      env: ["HOME=/srv", "A=1"],
      cwd: "/srv/data",
      mounts: [],
      user: { uid: 1000, gid: 1001, additionalGids: [20] },
    });
    expect(stopSignal).toBe("SIGQUIT");
    expect(covered).toEqual(["/dev", "/proc", "/sys", "/var/lib/data"]);
  });

  test("has what the caller says instead", () => {
    const config = { Cmd: ["a"], Env: ["A=1"], User: "nosuch", WorkingDir: "/x", StopSignal: "9" };
    const options = { args: ["b"], env: ["A=2"], user: "7:8", cwd: "/y", stopSignal: "2" } as const;
    const { sandbox, stopSignal } = describeImage({ config }, root, database, options, host);
    expect(sandbox).toMatchObject({
      args: ["b"],
      env: ["HOME=/", "A=1", "A=2"],
      cwd: "/y",
      user: { uid: 7, gid: 8, additionalGids: [] },
    });
    expect(stopSignal).toBe("SIGINT");
  });

  test("has no groups to set where nobody may set them", () => {
    const config = { Cmd: ["a"], User: "app" };
    const { sandbox } = describeImage({ config }, root, database, {}, { ...host, root: false });
    expect(sandbox.user).toEqual({ uid: 1000, gid: 1001 });
  });

  test("sees how this machine looks up names with its network, and only then", () => {
    const config = { Cmd: ["a"] };
    const own = describeImage({ config }, root, database, {}, host);
    const ours = describeImage({ config }, root, database, { network: "host" }, host);
    expect(own.sandbox.mounts).toEqual([]);
    expect(ours.sandbox.mounts).toMatchObject([
      { destination: "/etc/resolv.conf", readonly: true },
    ]);
    expect(ours.covered).toContain("/etc/resolv.conf");
  });

  test("never takes a path of the image for one outside", () => {
    const config = { Cmd: ["a"], WorkingDir: "/../../etc", Volumes: { "/../../../x": {}, "": {} } };
    const { sandbox, covered } = describeImage({ config }, root, database, {}, host);
    expect(sandbox.cwd).toBe("/etc");
    expect(covered).toEqual(["/dev", "/proc", "/sys", "/x"]);
    const nul = { config: { Cmd: ["a"], WorkingDir: "/a\0b" } };
    expect(() => describeImage(nul, root, database, {}, host)).toThrow(/cwd: .*NUL/);
  });

  test("is not controlled by labels, annotations or unknown fields (CVE-2026-53488)", () => {
    const plain = { Cmd: ["a"] };
    const loaded = {
      ...plain,
      Labels: { "run.oci.hooks": "x", "io.containerd.log": "binary:///x", "x.root": "host" },
      Hooks: { prestart: [{ path: "/bin/sh" }] },
      Privileged: true,
    };
    expect(describeImage({ config: loaded }, root, database, {}, host)).toEqual(
      describeImage({ config: plain }, root, database, {}, host),
    );
  });

  test("takes a stop signal that is none for nothing said, and refuses the caller's", () => {
    const config = { Cmd: ["a"], StopSignal: "SIGNONSENSE" };
    expect(describeImage({ config }, root, database, {}, host).stopSignal).toBe("SIGTERM");
    const options = { stopSignal: "nonsense" };
    expect(() => describeImage({ config }, root, database, options, host)).toThrow(/stopSignal/);
  });
});

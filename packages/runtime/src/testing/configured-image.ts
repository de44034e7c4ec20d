import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBusyboxImage } from "@x/image/testing";

/** Says what it was started with; told to wait, it waits for a signal. */
const show = `#!/bin/sh
echo "args $*"
echo "id $(id -u):$(id -g) $(id -G)"
echo "cwd $(pwd)"
echo "env $GREETING $HOME $PATH"
[ "$1" = wait ] || exit 0
trap 'echo got USR1; exit 7' USR1
trap 'echo got TERM; exit 8' TERM
echo ready
while :; do sleep 0.1; done
`;
const group = "root:x:0:\nuser:x:1000:\nextra:x:20:user,other\nmore:x:30:user\n";

/** An image with something in every field of its configuration; its entrypoint tells of it. */
export function makeConfiguredImage(layout: string, tag: string): void {
  makeBusyboxImage(layout, { tag });
  const umoci = (verb: string, ...args: string[]): unknown =>
    execFileSync("umoci", [verb, "--image", `${layout}:${tag}`, ...args], { stdio: "pipe" });
  const folder = mkdtempSync(join(tmpdir(), "x-configured-"));
  try {
    writeFileSync(join(folder, "show"), show, { mode: 0o755 });
    writeFileSync(join(folder, "group"), group);
    umoci("insert", join(folder, "show"), "/bin/show");
    umoci("insert", join(folder, "group"), "/etc/group");
  } finally {
    rmSync(folder, { recursive: true });
  }
  umoci(
    "config",
    ...["--config.entrypoint", "/bin/show", "--clear=config.cmd"],
    ...["--config.cmd", "one", "--config.cmd", "two"],
    ...["--config.user", "user", "--config.workingdir", "/made/up", "--config.volume", "/data"],
    ...["--config.stopsignal", "SIGUSR1", "--config.env", "GREETING=hello"],
    ...["--config.exposedports", "80/tcp", "--config.label", "run.oci.hooks=/bin/false"],
    ...["--config.label", "io.podman.annotations.privileged=TRUE"],
  );
}

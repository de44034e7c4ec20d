import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** A busybox that is enough for a shell. */
export function fillBusyboxRoot(root: string): void {
  for (const folder of ["bin", "dev", "etc", "proc", "sys", "root"]) mkdirSync(join(root, folder));
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  copyFileSync("/bin/busybox", join(root, "bin/busybox"));
  chmodSync(join(root, "bin/busybox"), 0o755);
  const applets = execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) {
    if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
  }
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nuser:x:1000:\n");
  writeFileSync(join(root, "etc/hostname"), "busybox\n");
}

/** A name of 200 bytes, and a path of more than 255 with it. */
const long = `long-${"n".repeat(195)}`;

const folders = "gone gone/deep opaque opaque/inner kept srv shared turned".split(" ");

/** The lowest of three layers: every kind of entry, and what the others change. */
export function fillRichRoot(root: string): void {
  fillBusyboxRoot(root);
  const at = (path: string): string => join(root, path);
  for (const folder of folders) {
    mkdirSync(at(folder));
    writeFileSync(at(`${folder}/a`), `${folder}/a\n`);
    writeFileSync(at(`${folder}/b`), `${folder}/b\n`);
  }
  mkdirSync(at(`kept/${long}/${long}`), { recursive: true });
  writeFileSync(at(`kept/${long}/${long}/${long}`), "a long name\n");
  symlinkSync(`../${long}/${long}/${long}`, at("kept/long-link"));
  writeFileSync(at("kept/new\nline"), "a name of two lines\n");
  writeFileSync(at("kept/größe ☃"), "not ASCII\n");
  writeFileSync(
    Buffer.concat([Buffer.from(at("kept/latin1-")), Buffer.from([0xe9])]),
    "no UTF-8\n",
  );
  linkSync(at("kept/a"), at("kept/hard"));
  linkSync(at("kept/a"), at("shared/hard"));
  symlinkSync("/etc/passwd", at("kept/absolute"));
  symlinkSync("../../../../etc/passwd", at("kept/upwards"));
  symlinkSync("nowhere", at("kept/dangling"));
  chmodSync(at("kept/b"), 0o4755);
  chownSync(at("shared"), 1000, 1001);
  chmodSync(at("shared"), 0o2775);
  chownSync(at("shared/a"), 123_456, 654_321);
  lchownSync(at("kept/dangling"), 1000, 1000);
  execFileSync("mknod", [at("dev/null"), "c", "1", "3"]);
  execFileSync("mknod", [at("dev/loop9"), "b", "7", "9"]);
  execFileSync("mkfifo", ["-m", "620", at("kept/fifo")]);
  copyFileSync("/bin/true", at("bin/capable"));
  chmodSync(at("bin/capable"), 0o755);
  execFileSync("setcap", ["cap_net_raw,cap_net_bind_service=ep", at("bin/capable")]);
  execFileSync("setfattr", ["-n", "user.note", "-v", "0x00ff0a3d", at("srv/a")]);
  execFileSync("setfattr", ["-n", "user.of-folder", "-v", "yes", at("srv")]);
  writeSparse(at("srv/sparse"));
  execFileSync("touch", ["-d", "2001-02-03T04:05:06.123456789Z", at("srv/b")]);
  utimesSync(at("srv/a"), -86_400, -86_400);
  lutimesSync(at("kept/absolute"), 86_400, 86_400);
  utimesSync(at("gone"), 1, 1);
}

/** What the second layer makes of it: things gone, of another type, of another mode. */
export function changeRichRoot(root: string): void {
  const at = (path: string): string => join(root, path);
  rmSync(at("gone"), { recursive: true });
  rmSync(at("kept/fifo"));
  rmSync(at("srv/b"));
  mkdirSync(at("srv/b"));
  writeFileSync(at("srv/b/now"), "a directory where a file was\n");
  rmSync(at("opaque/inner"), { recursive: true });
  chmodSync(at("etc/hostname"), 0o600);
  writeFileSync(at("kept/b"), "changed\n");
  writeFileSync(at("shared/first"), "two names\n");
  linkSync(at("shared/first"), at("shared/second"));
  mkdirSync(at("second/only"), { recursive: true });
  // `umoci repack` looks at seconds alone: what changed within one is left out of the layer.
  for (const folder of [".", "etc", "kept", "opaque", "shared", "srv"]) {
    utimesSync(at(folder), 1_000_000_000, 1_000_000_000);
  }
}

/**
 * The topmost: an opaque directory, whiteouts, a hole, a link where a directory was. The last cannot
 * come from `umoci repack`, which adds whiteouts of all that was in the directory behind the link:
 * podman's overlay driver stumbles over them.
 */
export function fillTopOfRich(root: string): void {
  const at = (path: string): string => join(root, path);
  for (const folder of ["opaque", "kept", "etc", "srv"]) mkdirSync(at(folder));
  writeFileSync(at("opaque/.wh..wh..opq"), "");
  writeFileSync(at("opaque/new"), "only this\n");
  writeFileSync(at("kept/.wh.hard"), "");
  writeFileSync(at("etc/.wh.group"), "");
  writeFileSync(at("etc/hostname"), "three\n");
  writeSparse(at("srv/sparse-2"));
  symlinkSync("sparse-2", at("srv/to-sparse"));
  symlinkSync("kept", at("turned"));
}

/** 3 MiB, of which 8 KiB in two places are data. */
function writeSparse(path: string): void {
  const file = openSync(path, "w");
  writeSync(file, Buffer.alloc(4096, "s"), 0, 4096, 65_536);
  writeSync(file, Buffer.alloc(4096, "t"), 0, 4096, 2_097_152);
  ftruncateSync(file, 3_145_728);
  closeSync(file);
}

// A container as one file, which needs neither Node nor this repository.
//
// The list of system calls is compiled to a static executable: no libc, no interpreter, nothing but
// the calls. Take it to another machine of the same kind and run it there. Made by root, it needs
// root; made by anybody else, it begins with a user namespace, as here `x run` would.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executableOf, type Sandbox } from "@x/runtime";
import { thisArch } from "@x/syscall";

// 1. The container, in a few words.
const sandbox: Sandbox = {
  root: "host",
  args: ["sh", "-c", 'echo "process $$ of $(uname -n), user $(id -u)"; exit 7'],
  hostname: "box",
};

// 2. To a file. The other CPU's is made as easily; it cannot be run here.
const folder = mkdtempSync(join(tmpdir(), "x-"));
const file = join(folder, "box");
for (const arch of ["x64", "arm64"] as const) {
  console.log(`${arch.padEnd(5)} ${executableOf(sandbox, arch).length} bytes`);
}
writeFileSync(file, executableOf(sandbox, thisArch()), { mode: 0o755 });

// 3. Run by the shell, with an empty environment, far from here.
const { stdout, stderr, status } = spawnSync("env", ["-i", file], { cwd: "/", encoding: "utf8" });
process.stdout.write(stdout + stderr);
console.log(`exit status ${status}`);

rmSync(folder, { recursive: true });
process.exitCode = status === 7 ? 0 : 1;

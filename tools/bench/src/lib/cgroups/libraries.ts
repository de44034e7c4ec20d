import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { BenchError } from "../bench-error.ts";
import type { Contestant, Times } from "./contestant.ts";
import type { Home } from "./home.ts";
import { numbers, type Numbers } from "./limits.ts";

const sources = join(import.meta.dirname, "..", "..", "..", "libraries");
/** What Go has compiled before, so that only the first build takes half a minute. */
const cache = join(import.meta.dirname, "..", "..", "..", "..", "..", ".x", "go-build");
/** Where Debian's packages of Go libraries put their sources. */
const gocode = "/usr/share/gocode";
const packages = ["golang-github-opencontainers-runc-dev", "golang-github-containerd-cgroups-dev"];
const libraries = [
  { library: "runc", path: "github.com/opencontainers/runc/libcontainer/cgroups" },
  { library: "containerd", path: "github.com/containerd/cgroups" },
] as const;

/** The program that works with the libraries of others, or why there is none. */
export type Built = { readonly program: string } | { readonly missing: string };

/** Builds it in a folder. Throws a BenchError when the compiler does not take it. */
export function build(folder: string): Built {
  const install = `apt-get install golang-go ${packages.join(" ")}`;
  if (spawnSync("go", ["version"]).status !== 0) {
    return { missing: `the libraries of runc and containerd: no Go here; ${install}` };
  }
  const absent = libraries.filter(({ path }) => !existsSync(join(gocode, "src", path)));
  if (absent.length > 0) {
    const names = absent.map(({ path }) => path).join(", ");
    return { missing: `${names}: no sources in ${gocode}; ${install}` };
  }
  const program = join(folder, "libraries");
  const env = { ...process.env, GO111MODULE: "off", GOPATH: gocode, GOFLAGS: "" };
  const { status, stderr } = spawnSync("go", ["build", "-o", program, "."], {
    cwd: sources,
    env: { ...env, CGO_ENABLED: "0", GOCACHE: cache },
    encoding: "utf8",
  });
  if (status !== 0) throw new BenchError(`go build of ${sources} failed: ${stderr}`);
  return { program };
}

/** The libraries that container engines use, each in a process of its own in every round. */
export function peers(program: string, { group, parent }: Home): Contestant[] {
  const home = group.directories.map(({ path }) => path);
  return libraries.map(({ library }) => ({
    name: `${library}'s library`,
    round: (pids) => run(program, { library, parent: parent.path, pids, home, limits: numbers }),
  }));
}

/** As main.go reads it. */
interface Order {
  readonly library: string;
  readonly parent: string;
  readonly pids: readonly number[];
  readonly home: readonly string[];
  readonly limits: Numbers;
}

async function run(program: string, order: Order): Promise<Times> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("exit", resolve);
  });
  child.stdin.end(JSON.stringify(order));
  const [times, code] = await Promise.all([json(child.stdout).catch(() => undefined), ended]);
  if (code !== 0) throw new BenchError(`${order.library}'s library failed here`);
  return times as Times;
}

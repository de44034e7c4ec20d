import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

const source = JSON.stringify(new URL("../index.ts", import.meta.url).href);

/**
 * Runs a script in worker threads of a Node of its own, one after the other, and prints the rest.
 */
function inWorkers(script: string, rest: string): { status: number | null; signal: string | null } {
  // tsx takes care of the main thread alone.
  const worker = JSON.stringify(`
    import("tsx/esm/api").then(async ({ register }) => {
      register();
      const x = await import(${source});
      ${script}
    });`);
  const code = `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    for (let count = 0; count < 3; count++) {
      const worker = new Worker(${worker}, { eval: true });
      worker.on("error", (error) => { throw error; });
      ${rest}
    }`;
  const options = ["--input-type=module", "-e", code];
  const { status, signal, stderr } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(stderr).toBe("");
  return { status, signal };
}

const reaping = `
  const pid = x.spawnFile("/bin/sh", { argv: ["sh", "-c", "exit 4"], env: {}, descriptors: new Map() });
  const child = x.openProcess(pid);
  const { code } = await x.reap(child);
  child.close();
  if (code !== 4) throw new Error("exited with " + code);`;

describe("a worker thread", () => {
  test("calls, starts programs, waits for them, and ends without a warning", () => {
    const end = `await once(worker, "exit");`;
    expect(inWorkers(reaping, end)).toEqual({ status: 0, signal: null });
  });

  test("ends although it watches descriptors, for reading and for priority", () => {
    const watching = `
      const [near, far] = x.socketPair();
      x.onReadable(near.fd, () => {}).unref();
      x.onPriority(near.fd, () => {});
      setImmediate(() => process.exit(0));`;
    const end = `await once(worker, "exit");`;
    expect(inWorkers(watching, end)).toEqual({ status: 0, signal: null });
  });

  test("may be terminated while it watches a descriptor", () => {
    const watching = `
      x.onReadable(x.openProcess(process.pid).fd, () => {});
      (await import("node:worker_threads")).parentPort.postMessage("watching");`;
    const terminate = `await once(worker, "message"); await worker.terminate();`;
    expect(inWorkers(watching, terminate)).toEqual({ status: 0, signal: null });
  });
});

test("a program may end while something it watches becomes ready", () => {
  const code = `
    const x = await import(${source});
    const { writeSync } = await import("node:fs");
    const [near, far] = x.socketPair();
    x.onReadable(near.fd, () => {}).unref();
    process.on("exit", () => writeSync(far.fd, "late"));`;
  const options = ["--conditions=source", "--import=tsx", "--input-type=module", "-e", code];
  const { status, signal, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
});

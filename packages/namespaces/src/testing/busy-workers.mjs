// Worker threads that exit in the middle of starting processes, one after the other.
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { register } from "tsx/esm/api";

if (isMainThread) {
  for (let i = 0; i < 8; i++) {
    const worker = new Worker(new URL(import.meta.url), { execArgv: ["--conditions=source"] });
    await new Promise((resolve) => worker.once("message", resolve));
    await new Promise((resolve) => setTimeout(resolve, 3 * i));
    worker.postMessage("exit");
    await new Promise((resolve) => worker.once("exit", resolve));
  }
  console.log("survived");
} else {
  register();
  const { clone } = await import("@x/namespaces");
  parentPort?.on("message", () => process.exit());
  parentPort?.postMessage("ready");
  for (;;) {
    const child = await clone(["true"], { namespaces: ["user"], stdio: "ignore" });
    await child.exited;
  }
}

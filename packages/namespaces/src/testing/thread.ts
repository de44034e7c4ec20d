import { Worker } from "node:worker_threads";
import type { ThreadCalls } from "./thread-calls.ts";

/** A worker thread that does what it is told. */
export interface Thread extends AsyncDisposable {
  /** Calls a function there; throws what it throws. */
  call<Name extends keyof ThreadCalls>(
    name: Name,
    ...args: Parameters<ThreadCalls[Name]>
  ): Promise<Awaited<ReturnType<ThreadCalls[Name]>>>;
}

/** Starts a worker thread of this process. */
export function startThread(): Thread {
  const worker = new Worker(new URL("./thread-start.mjs", import.meta.url), {
    execArgv: ["--conditions=source"],
  });
  return {
    call(name, ...args) {
      worker.postMessage({ name, args });
      return new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("message", ({ value, error }) => {
          worker.removeListener("error", reject);
          if (error === undefined) resolve(value);
          else reject(Object.assign(new Error(error.message), error));
        });
      });
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

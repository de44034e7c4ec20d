/**
 * Loaded before a program: writes down, as that ends, how much memory it had at most, in KiB.
 * `getrusage(2)` would count what its parent had when it was started.
 */
import { readFileSync, writeFileSync } from "node:fs";

const { X_BENCH_MEMORY } = process.env;
process.on("exit", () => {
  const status = readFileSync("/proc/self/status", "latin1");
  writeFileSync(X_BENCH_MEMORY, /^VmHWM:\s*(\d+) kB$/m.exec(status)[1]);
});

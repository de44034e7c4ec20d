import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A process that does nothing until this one ends: systemd makes a scope around processes that are
 * there, and takes it away when the last of them has gone.
 */
export interface Placeholder {
  readonly pid: number;
  /** Ends it; resolves when it has ended. */
  end(): Promise<void>;
}

/** Starts one. It keeps no event loop alive, and does not outlive this process. */
export async function startPlaceholder(): Promise<Placeholder> {
  const child = spawn("/bin/sh", ["-c", "read _"], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
    detached: true, // an interrupt from the terminal is not for it
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await once(child, "spawn");
  child.unref();
  // The pipe of a child is a socket, which the types do not say.
  const { stdin } = child;
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return {
    pid: child.pid!,
    async end() {
      child.ref();
      child.kill("SIGKILL");
      await exited;
    },
  };
}

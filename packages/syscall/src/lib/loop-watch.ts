import { libc } from "./libc.ts";
import type { LoopHandle } from "./libc.ts";

/**
 * Calls back from the event loop, in its check phase, after a descriptor has become readable. The
 * poll phase, which koffi calls back in, is outside of any callback scope: promises would not go
 * on, and an exception would be lost.
 */
export function watchInLoop(fd: number, callback: () => void): LoopHandle {
  leaveInTime();
  let due = false;
  let closed = false;
  const handle = libc().watch(fd, () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      if (!closed) callback();
    });
  });
  open.add(handle);
  // A handle that is closed must not be touched again.
  const unlessClosed = (act: () => void) => (): void => {
    if (open.has(handle)) act();
  };
  return {
    close: () => {
      closed = true;
      if (open.delete(handle)) handle.close();
    },
    ref: unlessClosed(() => handle.ref()),
    unref: unlessClosed(() => handle.unref()),
  };
}

const open = new Set<LoopHandle>();
let leaving = false;

/**
 * A thread that exits runs its event loop once more, without JavaScript: koffi 3.3, called back
 * then, ends the process. `terminate()` of a worker leaves no time for this.
 */
function leaveInTime(): void {
  if (leaving) return;
  leaving = true;
  process.once("exit", () => {
    for (const handle of open) handle.close();
    open.clear();
  });
}

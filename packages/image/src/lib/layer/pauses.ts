import { setImmediate } from "node:timers/promises";

/** So long the event loop may wait, in milliseconds: signals and progress come through. */
const longest = 20;

/** A function to call, and wait for, between parts of long work: it lets others run now and then. */
export function pauses(): () => Promise<void> | undefined {
  let last = performance.now();
  const pause = async (): Promise<void> => {
    await setImmediate();
    last = performance.now();
  };
  return () => (performance.now() - last < longest ? undefined : pause());
}

import { SilenceError } from "./network-error.ts";

/** Ends an exchange with a server that says nothing for too long. */
export interface SilenceWatch {
  /** Fires for silence, and when the caller's own signal does, with its reason. */
  readonly signal: AbortSignal;
  /** Something was heard, or is waited for from now on. */
  heard(): void;
  /** Nobody waits for the server for now. */
  rest(): void;
  /** The exchange is over. */
  end(): void;
}

/** Starts to wait for a server. `limit` is in milliseconds. */
export function watchSilence(limit: number, outer?: AbortSignal): SilenceWatch {
  const controller = new AbortController();
  let resting = false;
  const timer = setTimeout(() => {
    if (!resting) controller.abort(new SilenceError(`nothing was heard for ${limit} ms`));
  }, limit);
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    heard() {
      resting = false;
      timer.refresh();
    },
    rest() {
      resting = true;
    },
    end() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", follow);
    },
  };
}

import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { Listener, Registration } from "./notifications.ts";
import type { OomNotification } from "./oom.ts";
import { readText } from "./read-text.ts";
import { watchGroupFile } from "./watch-group-file.ts";

/**
 * v2 changes `memory.events` when memory runs out, and again when a process has been killed for it,
 * which is told together: an `oom` waits a moment for its kill.
 */
export function listenToOomOfV2(
  path: string,
  since: number | undefined,
  listener: Listener<OomNotification>,
): Registration {
  const file = `${path}/memory.events`;
  let known: Counts = { oom: 0, oomKill: since ?? 0 };
  let timer: NodeJS.Timeout | undefined;

  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    listener.emit({ kind: "oom", oomKill: known.oomKill });
  };
  const look = (): void => {
    try {
      const now = read(file);
      if (now === undefined) return listener.end();
      const { oom, oomKill } = known;
      known = now;
      if (now.oomKill > oomKill) tell();
      else if (now.oom > oom) timer ??= setTimeout(tell, killTakesMs);
    } catch (error) {
      listener.fail(error);
    }
  };

  const registration = watchGroupFile(path, "memory.events", look, listener.fail);
  if (since !== undefined) known = { ...known, oom: read(file)?.oom ?? 0 };
  look();
  return {
    ref: registration.ref,
    unref: registration.unref,
    close: () => {
      clearTimeout(timer);
      registration.close();
    },
  };
}

/** After this long nobody will be killed: there was something to reclaim after all. */
const killTakesMs = 200;

interface Counts {
  readonly oom: number;
  readonly oomKill: number;
}

function read(file: string): Counts | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const { oom = 0, oom_kill: oomKill = 0 } = parseFlatKeyed(text);
  return { oom, oomKill };
}

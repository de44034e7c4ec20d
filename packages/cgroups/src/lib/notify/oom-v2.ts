import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { Listener, Registration } from "./notifications.ts";
import type { OomNotification } from "./oom.ts";
import { readText } from "./read-text.ts";
import { watchGroupFile } from "./watch-group-file.ts";

/** v2 changes `memory.events` when memory runs out, and again when a process is killed for it. */
export function listenToOomOfV2(
  path: string,
  since: number | undefined,
  listener: Listener<OomNotification>,
): Registration {
  const file = `${path}/memory.events`;
  let known: Counts = { oom: 0, oomKill: since ?? 0 };
  const look = (): void => {
    try {
      const now = read(file);
      if (now === undefined) return listener.end();
      const news = now.oom > known.oom || now.oomKill > known.oomKill;
      known = now;
      if (news) listener.emit({ kind: "oom", oomKill: now.oomKill });
    } catch (error) {
      listener.fail(error);
    }
  };

  const registration = watchGroupFile(path, "memory.events", look, listener.fail);
  if (since !== undefined) known = { ...known, oom: read(file)?.oom ?? 0 };
  look();
  return registration;
}

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

import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { announce } from "./event-control.ts";
import type { Listener, Registration } from "./notifications.ts";
import type { OomNotification } from "./oom.ts";
import { readText } from "./read-text.ts";

/**
 * v1 signals before it chooses whom to kill (`mem_cgroup_oom` of mm/memcontrol-v1.c), and counts
 * the kill after. So the count is read until it has grown, for as long as a kill may take.
 */
export function listenToOomOfV1(
  path: string,
  since: number | undefined,
  listener: Listener<OomNotification>,
): Registration {
  let known = since ?? 0;
  let timer: NodeJS.Timeout | undefined;
  let looksLeft = 0;
  let mustTell = false;
  let again = false;

  const look = (): void => {
    timer = undefined;
    const now = read(path, listener);
    if (now === undefined) return;
    const { oomKill, underOom, waits } = now;
    if (oomKill <= known && !waits && looksLeft > 0) return lookAgain(looksLeft - 1);
    if (oomKill > known || mustTell) listener.emit({ kind: "oom", oomKill, underOom });
    known = Math.max(known, oomKill);
    mustTell = false;
    // What was signalled meanwhile has been told just now, or its kill is to come.
    if (again) lookAgain(mostLooks);
    again = false;
  };
  const lookAgain = (left: number): void => {
    looksLeft = left;
    timer = setTimeout(look, lookEveryMs);
  };
  const heard = (): void => {
    if (timer !== undefined) {
      again = true;
      return;
    }
    mustTell = true;
    looksLeft = mostLooks;
    look();
  };

  const registration = announce({ path, file: "memory.oom_control" }, heard, listener.end);
  mustTell = read(path, listener)?.waits ?? false;
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

const lookEveryMs = 2;
const mostLooks = 100;

interface OomControl {
  readonly oomKill: number;
  readonly underOom: boolean;
  /** Processes wait for memory until somebody does something; nobody will be killed. */
  readonly waits: boolean;
}

function read(path: string, listener: Listener<OomNotification>): OomControl | undefined {
  try {
    const text = readText(`${path}/memory.oom_control`);
    if (text !== undefined) {
      const control = parseFlatKeyed(text);
      const underOom = control["under_oom"] === 1;
      const waits = underOom && control["oom_kill_disable"] === 1;
      return { oomKill: control["oom_kill"] ?? 0, underOom, waits };
    }
    listener.end();
  } catch (error) {
    listener.fail(error);
  }
  return undefined;
}

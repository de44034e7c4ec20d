import { delegation, type ControllerName, type Delegation } from "../index.ts";

/** What this host can be tested for. */
export const host: Delegation | undefined = process.platform === "linux" ? delegation() : undefined;

/** Why a test of these controllers cannot run here; undefined when it can. */
export function whyNot(...controllers: ControllerName[]): string | undefined {
  if (host === undefined) return "this is not Linux";
  if (process.geteuid?.() !== 0) return "not root";
  const missing = controllers.filter((name) => !host.controllers.includes(name));
  return missing.length === 0 ? undefined : `no ${missing.join(", ")} in this ${host.mode} host`;
}

/** A title that says why a test is skipped, if it is. */
export function titled(title: string, reason: string | undefined): string {
  return reason === undefined ? title : `${title} (skipped: ${reason})`;
}

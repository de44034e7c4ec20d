import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The open descriptors of this process, each with what it leads to. */
export function descriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return []; // the descriptor of the listing itself
      }
    })
    .toSorted();
}

/** The children of this process, those that wait to be reaped among them. */
export function children(): number[] {
  return readdirSync("/proc/self/task")
    .flatMap((tid) => readFileSync(`/proc/self/task/${tid}/children`, "utf8").split(" "))
    .filter((pid) => pid !== "")
    .map(Number);
}

import { closeSync, writeSync } from "node:fs";
import { syscall } from "@x/syscall";
import { mountUnion, type UnionOptions } from "@x/unionfs";
import { main } from "../lib/cli/main.ts";

/*
 * The command `x`, which says on descriptor 3 when it begins, once all of it is loaded, and how many
 * milliseconds it took. With `KILL_AFTER`, in milliseconds, the kernel kills it then. As
 * `mount-and-die` it mounts a union and is killed before it can take it away.
 */

const { KILL_AFTER } = process.env;
const begin = performance.now();
writeSync(3, "begun\n");
if (KILL_AFTER !== undefined) killAfter(Number(KILL_AFTER));
const [first, ...rest] = process.argv.slice(2);
if (first === "mount-and-die") await mountAndDie(JSON.parse(rest[0]!) as UnionOptions);
process.exitCode = await main(process.argv.slice(2));
writeSync(3, `${performance.now() - begin}\n`);
closeSync(3);

/** By a timer of the kernel, which waits for no event loop. Source: timer_create(2), sigevent(3type). */
function killAfter(ms: number): void {
  const [event, id] = [Buffer.alloc(64), Buffer.alloc(4)];
  event.writeInt32LE(9, 8);
  const CLOCK_MONOTONIC = 1;
  syscall("timer_create", CLOCK_MONOTONIC, event, id);
  const time = Buffer.alloc(32);
  time.writeBigInt64LE(BigInt(Math.floor(ms / 1000)), 16);
  time.writeBigInt64LE(BigInt(Math.floor((ms % 1000) * 1e6) + 1), 24);
  syscall("timer_settime", id.readInt32LE(), 0, time, null);
}

async function mountAndDie(options: UnionOptions): Promise<never> {
  await mountUnion(options);
  process.kill(process.pid, "SIGKILL");
  throw new Error("not killed");
}

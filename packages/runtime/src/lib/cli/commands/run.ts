import { signalNumber, type SignalName } from "@x/syscall";
import { openStore } from "@x/image";
import type { Ended } from "../../container.ts";
import { createContainer } from "../../containers/create.ts";
import type { Sandbox } from "../../sandbox.ts";
import { start } from "../../start.ts";
import { describe, describeImageOptions } from "../describe.ts";
import { explained, statusOf } from "../exit-status.ts";
import { interruptible } from "../interrupt.ts";
import type { Flags, Invocation } from "../invocation.ts";
import { imageToRun } from "../image-to-run.ts";
import { remark } from "../output.ts";
import { passSignals } from "../signals.ts";
import { sizeText } from "../size.ts";
import { timingTable } from "../timing-table.ts";

/** `x run`: a sandbox leaves nothing; a container of an image stays in the store unless `--rm`. */
export async function run(invocation: Invocation): Promise<number> {
  const sandbox = describe(invocation);
  if (sandbox !== undefined) return (await supervise(sandbox, invocation.flags)).status;
  return runImage(invocation);
}

async function runImage({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const [image = "", ...program] = words;
  await using container = await (async () => {
    using work = interruptible();
    const found = await imageToRun(store, image, flags, work);
    const options = { ...describeImageOptions(program, flags), ...work, image: found.name };
    return await createContainer(store, found.descriptor, options);
  })();
  for (const notice of container.notices) remark(notice);
  const { sandbox, stopSignal } = container.record;
  let hasRun = false;
  try {
    const { status, end } = await supervise(sandbox, flags, stopSignal, () => (hasRun = true));
    if (end !== undefined) await container.close({ exitCode: end.code, signal: end.signal });
    return status;
  } finally {
    // A command that is not there leaves no container to be deleted, nor a name that is taken.
    if (!hasRun) await container.discard();
  }
}

/** Starts a container, passes signals on to it, and waits for its end. */
async function supervise(
  sandbox: Sandbox,
  { switches }: Flags,
  stopSignal?: SignalName,
  onStarted: () => void = () => {},
): Promise<{ readonly status: number; readonly end?: Ended }> {
  using passing = passSignals(stopSignal);
  const ended = (): number | undefined => {
    const name = passing.endedBy();
    return name === undefined ? undefined : 128 + signalNumber(name);
  };
  try {
    await using container = await start(sandbox, {
      stdio: [switches.has("interactive") ? "inherit" : "ignore", "inherit", "inherit"],
      trace: switches.has("trace"),
      signal: passing.early,
    });
    onStarted();
    passing.passTo(container);
    const end = await container.ended;
    if (switches.has("trace")) process.stderr.write(timingTable(container.timings));
    if (end.oom) process.stderr.write(`x: ${outOfMemory(end)}\n`);
    return { status: ended() ?? statusOf(end), end };
  } catch (error) {
    const status = ended();
    if (status === undefined) throw explained(error, sandbox.args[0]!);
    return { status };
  }
}

function outOfMemory({ memoryLimit }: Ended): string {
  return `out of memory${memoryLimit === undefined ? "" : ` at ${sizeText(memoryLimit)}`}`;
}

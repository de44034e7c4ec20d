import { writeFileSync } from "node:fs";
import { thisArch, type Arch } from "@x/syscall";
import { executableOf, overlayOf } from "../../start.ts";
import type { Flags, Invocation } from "../invocation.ts";
import { sandboxOf } from "../sandbox-of.ts";
import { UsageError } from "../usage-error.ts";

/** `x compile`: the list as an executable file. */
export async function compileCommand(invocation: Invocation): Promise<number> {
  const { output } = invocation.flags.values;
  if (output === undefined) throw new UsageError("x compile needs -o FILE");
  const sandbox = await sandboxOf(invocation);
  const bytes = executableOf(sandbox, archOf(invocation.flags), await overlayOf(sandbox));
  writeFileSync(output, bytes, { mode: 0o755 });
  return 0;
}

function archOf({ values: { arch = thisArch() } }: Flags): Arch {
  if (arch === "x64" || arch === "arm64") return arch;
  throw new UsageError(`${JSON.stringify(arch)} is neither x64 nor arm64`);
}

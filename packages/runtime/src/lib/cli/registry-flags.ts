import { readFileSync } from "node:fs";
import { parsePlatform, type Platform, type RegistryOptions } from "@x/image";
import type { Flags } from "./invocation.ts";
import { UsageError } from "./usage-error.ts";

/** How the options of a command line want registries to be reached. */
export function registryFlags({ switches, values, lists }: Flags): RegistryOptions {
  const { ca } = values;
  const { mirror = [] } = lists;
  return {
    ...(switches.has("plain-http") ? { plainHttp: true } : {}),
    ...(switches.has("insecure") ? { insecure: true } : {}),
    ...(ca === undefined ? {} : { ca: readCertificates(ca) }),
    ...(mirror.length === 0 ? {} : { mirrors: mirror }),
  };
}

/** The platform that `--platform` names. */
export function platformFlag({ values }: Flags): { readonly platform?: Platform } {
  const { platform } = values;
  return platform === undefined ? {} : { platform: parsePlatform(platform) };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--ca ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

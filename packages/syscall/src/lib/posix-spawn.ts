import { libc } from "./libc.ts";
import type { Native } from "./libc.ts";

/** `posix_spawn(3)` of this process's C library, with what it takes laid out once. */
export interface PosixSpawn {
  /** `(&pid, path, actions, attributes, argv, envp)`, all of them addresses; returns an errno. */
  readonly spawn: Native;
  readonly initActions: Native;
  readonly addDup2: Native;
  readonly destroyActions: Native;
  /** Where the list of file actions lies; initialised anew for every spawn. */
  readonly actions: bigint;
  /** All signals to their default and none blocked; `session` makes a session as well. */
  readonly attributes: { readonly plain: bigint; readonly session: bigint };
}

let found: PosixSpawn | undefined;

/** Declares the functions and allocates the structs, on the first call. */
export function posixSpawn(): PosixSpawn {
  found ??= prepare();
  return found;
}

/** glibc and musl agree on these: `spawn.h`. */
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;

/** Both structs are opaque: 80 and 336 bytes in glibc 2.36 as in musl 1.2. This leaves room. */
const opaqueBytes = 1024;

/** `sigset_t` of both C libraries; the kernel's own has 8 bytes. */
const sigsetBytes = 128;

/** What C keeps pointers to; never collected, since this module holds it. */
const memory: Buffer[] = [];

function allocate(bytes: number): bigint {
  // Not from the pool of small buffers, and aligned as an allocation of its own is.
  const buffer = Buffer.alloc(bytes);
  memory.push(buffer);
  return libc().address(buffer);
}

function prepare(): PosixSpawn {
  const { declare } = libc();
  const address = "int64";
  const initAttributes = declare("posix_spawnattr_init", "int32", [address]);
  const setFlags = declare("posix_spawnattr_setflags", "int32", [address, "int32"]);
  const setDefault = declare("posix_spawnattr_setsigdefault", "int32", [address, address]);
  const setMask = declare("posix_spawnattr_setsigmask", "int32", [address, address]);

  const none = allocate(sigsetBytes);
  const every = allocate(sigsetBytes);
  memory.at(-1)?.fill(0xff, 0, 8);

  const attributes = (flags: number): bigint => {
    const made = allocate(opaqueBytes);
    initAttributes(made);
    setFlags(made, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | flags);
    setDefault(made, every);
    setMask(made, none);
    return made;
  };

  return {
    spawn: declare("posix_spawn", "int32", Array(6).fill(address)),
    initActions: declare("posix_spawn_file_actions_init", "int32", [address]),
    addDup2: declare("posix_spawn_file_actions_adddup2", "int32", [address, "int32", "int32"]),
    destroyActions: declare("posix_spawn_file_actions_destroy", "int32", [address]),
    actions: allocate(opaqueBytes),
    attributes: { plain: attributes(0), session: attributes(POSIX_SPAWN_SETSID) },
  };
}

import { InvalidArgumentError } from "./syscall-argument.ts";

/** What `posix_spawn(3)` reads and writes, in one piece of memory. */
export interface SpawnMemory {
  readonly bytes: Buffer;
  /** Offsets into the bytes; the pid is at 0. */
  readonly path: number;
  readonly argv: number;
  readonly envp: number;
}

/**
 * Lays out a path, arguments and environment: the two lists of pointers, which need the address
 * that the bytes will have, and the texts they point to.
 *
 * @throws InvalidArgumentError for text with NUL, or a variable whose name is empty or has `=`.
 */
export function spawnMemory(
  file: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  address: (bytes: Uint8Array) => bigint,
): SpawnMemory {
  const texts = [text("pathname", file), ...argv.map((word) => text("argv", word))];
  for (const [name, value] of Object.entries(env)) texts.push(text("envp", variable(name, value)));
  const argvAt = pointerBytes;
  const envpAt = argvAt + (argv.length + 1) * pointerBytes;
  const textsAt = argvAt + (texts.length + 1) * pointerBytes;
  let size = textsAt;
  for (const word of texts) size += Buffer.byteLength(word);
  const bytes = Buffer.alloc(size);
  const start = address(bytes);
  let at = textsAt;
  for (const [index, word] of texts.entries()) {
    // The pointers of argv begin one entry after its list does, for the path has none; those of
    // envp one later still, after the NULL that ends argv.
    const entry = argvAt + (index - 1) * pointerBytes + (index > argv.length ? pointerBytes : 0);
    if (index > 0) bytes.writeBigUInt64LE(start + BigInt(at), entry);
    at += bytes.write(word, at);
  }
  return { bytes, path: textsAt, argv: argvAt, envp: envpAt };
}

const pointerBytes = 8;

function text(parameter: string, word: string): string {
  if (word.includes("\0")) {
    throw new InvalidArgumentError("execve", parameter, word, "text without NUL");
  }
  return `${word}\0`;
}

function variable(name: string, value: string): string {
  if (name === "" || name.includes("=")) {
    throw new InvalidArgumentError("execve", "envp", name, "a name that has characters, but no =");
  }
  return `${name}=${value}`;
}

import { expect, test } from "vitest";
import { runArm64 } from "./arm64.ts";

test("an arm64 guest runs busybox as root in a root of its own", async () => {
  const script =
    "uname -m; id -u; cat /proc/self/cgroup; cat /data/note; pwd; ls /dev/pts /dev/mqueue;" +
    " unshare -m sh -c 'mount -t tmpfs none /mnt; mkdir /mnt/usr /mnt/old;" +
    " mount --bind /usr /mnt/usr; cd /mnt; ln -s usr/bin .; pivot_root . old;" +
    " umount -l /old; ls /'; echo trouble >&2; exit 9";
  const result = await runArm64({
    command: ["sh", "-c", script],
    files: { "/data/note": { content: "a note\n" } },
    cwd: "/tmp",
  });
  expect(result).toMatchObject({
    exitCode: 9,
    stdout: "aarch64\n0\n0::/\na note\n/tmp\n/dev/mqueue:\n\n/dev/pts:\nptmx\nbin\nold\nusr\n",
    stderr: "trouble\n",
    timedOut: false,
  });
});

test("an arm64 guest runs a static executable that the caller gives it", async () => {
  const result = await runArm64({
    command: ["/launcher"],
    files: { "/launcher": { content: exitElf(42), mode: 0o755 } },
  });
  expect(result).toMatchObject({ exitCode: 42, output: "" });
});

test("an arm64 guest is killed when its time is over", async () => {
  const result = await runArm64({ command: ["sleep", "1000"], timeoutMs: 8000 });
  expect(result).toMatchObject({ exitCode: null, timedOut: true });
});

/** A static ELF for arm64 that calls exit(2): movz x0, movz x8, svc 0. Source: elf(5). */
function exitElf(status: number): Uint8Array {
  const start = 0x400000;
  const headers = 64 + 56;
  const code = [0xd2800000 | (status << 5), 0xd2800000 | (93 << 5) | 8, 0xd4000001];
  const elf = Buffer.alloc(headers + 4 * code.length);
  elf.write("7f454c46020101", "hex");
  elf.writeUInt32LE((183 << 16) | 2, 16); // EM_AARCH64, ET_EXEC
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(start + headers), 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64); // PT_LOAD
  elf.writeUInt32LE(5, 68); // readable, executable
  elf.writeBigUInt64LE(BigInt(start), 80);
  elf.writeBigUInt64LE(BigInt(start), 88);
  elf.writeBigUInt64LE(BigInt(elf.byteLength), 96);
  elf.writeBigUInt64LE(BigInt(elf.byteLength), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  code.forEach((word, index) => elf.writeUInt32LE(word >>> 0, headers + 4 * index));
  return elf;
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indexModules, loadOrder } from "./kernel-modules.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "modules-"));
  mkdirSync(join(folder, "kernel"));
  const modules = {
    virtio: ["depends=virtio_ring"],
    virtio_ring: ["depends="],
    "virtio-net": ["alias=virtio:d00000001v*", "depends=virtio,virtio_ring,net_failover"],
    net_failover: ["license=GPL"],
  };
  for (const [name, info] of Object.entries(modules)) {
    writeFileSync(join(folder, "kernel", `${name}.ko`), moduleElf(info));
  }
  writeFileSync(join(folder, "modules.builtin"), "kernel/fs/ext4/ext4.ko\n");
  indexModules(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the index says what each module needs and answers to", () => {
  expect(readFileSync(join(folder, "modules.dep"), "utf8").split("\n")).toContain(
    "kernel/virtio-net.ko: kernel/virtio.ko kernel/virtio_ring.ko kernel/net_failover.ko",
  );
  expect(readFileSync(join(folder, "modules.alias"), "utf8")).toBe(
    "alias virtio:d00000001v* virtio_net\n",
  );
});

test("a module comes after all that it needs, each once", () => {
  const names = ["virtio_ring", "virtio", "net_failover", "virtio-net"];
  expect(loadOrder(folder, ["virtio_net", "virtio"])).toEqual(
    names.map((name) => join(folder, "kernel", `${name}.ko`)),
  );
});

test("a module that is part of the kernel needs no file", () => {
  expect(loadOrder(folder, ["ext4"])).toEqual([]);
});

test("a module that does not exist is refused by name", () => {
  expect(() => loadOrder(folder, ["nosuch"])).toThrow(
    expect.objectContaining({
      code: "X_VM_UNKNOWN_MODULE",
      message: expect.stringContaining("nosuch"),
    }),
  );
});

/** An ELF of three sections: none, `.modinfo` with these lines, and the names of both. */
function moduleElf(info: readonly string[]): Buffer {
  const names = Buffer.from("\0.modinfo\0.shstrtab\0");
  const content = Buffer.from(info.map((line) => `${line}\0`).join(""));
  const header = Buffer.alloc(64);
  header.write("7f454c46020101", "hex");
  header.writeBigUInt64LE(BigInt(64 + content.length + names.length), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(3, 0x3c);
  header.writeUInt16LE(2, 0x3e);
  return Buffer.concat([
    header,
    content,
    names,
    section(0, 0, 0),
    section(1, 64, content.length),
    section(10, 64 + content.length, names.length),
  ]);
}

function section(name: number, offset: number, bytes: number): Buffer {
  const entry = Buffer.alloc(64);
  entry.writeUInt32LE(name);
  entry.writeBigUInt64LE(BigInt(offset), 0x18);
  entry.writeBigUInt64LE(BigInt(bytes), 0x20);
  return entry;
}

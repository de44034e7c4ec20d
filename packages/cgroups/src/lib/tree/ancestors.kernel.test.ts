import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { createCgroup } from "../../index.ts";
import { titled, whyNot } from "../../testing/host.ts";

const no = whyNot();

test.skipIf(no)(
  titled("the last group takes the directory of all owners along, whoever made that", no),
  async () => {
    const first = await createCgroup();
    const owners = first.directories.map(({ path }) => dirname(dirname(path)));
    await first.delete();
    for (const path of owners) mkdirSync(path, { recursive: true });
    const group = await createCgroup();
    mkdirSync(`${owners[0]}/another`);
    await group.delete();
    expect(owners.map((path) => existsSync(path))).toEqual(owners.map((_, i) => i === 0));
    rmdirSync(`${owners[0]}/another`);
    await (await createCgroup()).delete();
    expect(owners.filter((path) => existsSync(path))).toEqual([]);
  },
);

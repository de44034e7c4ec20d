import { expect, test } from "vitest";
import { devicePrograms } from "../devices.ts";
import { createCgroup, type DeviceRule } from "../index.ts";
import { gated } from "../testing/gated.ts";
import { titled, whyNot } from "../testing/host.ts";

const no = whyNot("devices");
const onlyNull: DeviceRule[] = [
  { allow: false },
  { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
];
const openBoth = `for (const path of ["/dev/null", "/dev/zero"]) {
  try { require("fs").closeSync(require("fs").openSync(path)); console.log("ok"); }
  catch (error) { console.log(error.code); }
}`;

test.skipIf(no)(
  titled("a node that is denied cannot be opened (EPERM), one that is allowed can", no),
  async () => {
    await using free = await createCgroup({}, { devicePrograms });
    await using before = await gated(free, openBoth);
    await before.exited;
    expect(before.lines).toEqual(["ok", "ok"]);

    await using group = await createCgroup({ devices: onlyNull }, { devicePrograms });
    await using after = await gated(group, openBoth);
    await after.exited;
    expect(after.lines).toEqual(["ok", "EPERM"]);
  },
);

test.skipIf(no)(
  titled("rules that are replaced hold at once for who is in the group already", no),
  async () => {
    await using group = await createCgroup({ devices: onlyNull }, { devicePrograms });
    await using process = await gated(group, `setInterval(() => { ${openBoth} }, 20); `);
    await expect.poll(() => process.lines.slice(0, 2)).toEqual(["ok", "EPERM"]);
    await group.update({ devices: [{ allow: true }] }, { devicePrograms });
    await expect.poll(() => process.lines.slice(-2)).toEqual(["ok", "ok"]);
  },
);

import { describe, expect, test } from "vitest";
import { netCls } from "./net-cls.ts";
import { netPrio } from "./net-prio.ts";
import { filesOf, lines } from "./testing/context.ts";

describe("network of v1", () => {
  test("has a class id, written in decimal", () => {
    const network = { classID: 0x10_0001 };
    expect(lines(netCls, { network })).toEqual(["net_cls.classid=1048577"]);
    expect(lines(netCls, { network: { priorities: [] } })).toEqual([]);
    expect(netCls.limits!(filesOf({ "net_cls.classid": "1048577" }))).toEqual({ network });
  });

  test("has a priority for each network device", () => {
    const network = { priorities: [{ name: "eth0", priority: 5 }] };
    expect(lines(netPrio, { network })).toEqual(["net_prio.ifpriomap=eth0 5"]);
    expect(netPrio.limits!(filesOf({ "net_prio.ifpriomap": "lo 0\neth0 5" }))).toEqual({ network });
    expect(netPrio.limits!(filesOf({}))).toEqual({});
  });
});

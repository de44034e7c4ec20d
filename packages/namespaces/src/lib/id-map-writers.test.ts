import { expect, test } from "vitest";
import { idMapWriters } from "./id-map-writers.ts";

const root = { uid: 0, gid: 0, canSetuid: true, canSetgid: true };
const user = { uid: 1000, gid: 100, canSetuid: false, canSetgid: false };
const own = [{ containerID: 0, hostID: 1000, size: 1 }];
const ownGroup = [{ containerID: 0, hostID: 100, size: 1 }];
const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

test("the privileged launcher writes any map, and groups stay free", () => {
  expect(idMapWriters({ uidMappings: range, gidMappings: ownGroup }, root)).toEqual({
    uid: "launcher",
    gid: "launcher",
    setgroups: "allow",
  });
});

test("an ordinary user maps their own ids without a helper, and groups are fixed", () => {
  expect(idMapWriters({ uidMappings: own, gidMappings: ownGroup }, user)).toEqual({
    uid: "launcher",
    gid: "launcher",
    setgroups: "deny",
  });
});

test("an ordinary user's ranges are written by the helpers, and groups stay free", () => {
  expect(idMapWriters({ uidMappings: range, gidMappings: range }, user)).toEqual({
    uid: "helper",
    gid: "helper",
    setgroups: "allow",
  });
});

test("each map has the writer that it needs", () => {
  expect(idMapWriters({ uidMappings: range, gidMappings: ownGroup }, user)).toEqual({
    uid: "helper",
    gid: "launcher",
    setgroups: "deny",
  });
});

test("somebody else's single id, or two of one's own, are for the helper", () => {
  const other = [{ containerID: 0, hostID: 1001, size: 1 }];
  const two = [{ containerID: 0, hostID: 1000, size: 2 }];
  for (const uidMappings of [other, two]) {
    expect(idMapWriters({ uidMappings, gidMappings: ownGroup }, user).uid).toBe("helper");
  }
});

import { expect, test } from "vitest";
import { parseMountedNamespaces } from "./mounted-namespaces.ts";

const mountinfo = `27 1 259:1 / / rw,relatime - ext4 /dev/root rw
22 27 0:21 / /proc rw,relatime - proc proc rw
63 27 0:4 uts:[4026532178] /run/a\\040b rw - nsfs nsfs rw
64 27 0:4 net:[4026532179] /run/netns/box rw shared:5 - nsfs nsfs rw
65 27 0:4 mnt:[4026532177] /run/m\\134n rw - nsfs nsfs rw
66 27 0:4 new:[4026532176] /run/x rw - nsfs nsfs rw
`;

test("mounted namespaces are found with their kinds, inodes and paths as they are spelled", () => {
  expect(parseMountedNamespaces(mountinfo)).toEqual([
    { path: "/run/a b", kind: "uts", inode: 4_026_532_178 },
    { path: "/run/netns/box", kind: "net", inode: 4_026_532_179 },
    { path: "/run/m\\n", kind: "mount", inode: 4_026_532_177 },
  ]);
});

import { describe, expect, test } from "vitest";
import { resolveUser } from "./user.ts";

const passwd = `root:x:0:0:root:/root:/bin/sh
# a line that is none
app:x:1000:1001:App:/srv/app:/bin/sh
broken:x:99999999999:0::/:
`;
const group = "root:x:0:\nwheel:x:10:root,app\ndata:x:20:app\napp:x:1001:app\n";
const database = { passwd, group };

describe("the user of an image", () => {
  test.each([
    ["", 0, 0, [10], "/root"],
    ["app", 1000, 1001, [10, 20], "/srv/app"],
    ["1000", 1000, 1001, [10, 20], "/srv/app"],
    ["app:data", 1000, 20, [], "/srv/app"],
    ["app:77", 1000, 77, [], "/srv/app"],
    ["4242", 4242, 0, [], "/"],
    ["4242:wheel", 4242, 10, [], "/"],
  ])("%j is uid %i with gid %i and groups %j, at home in %s", (text, uid, gid, groups, home) => {
    expect(resolveUser(text, database)).toEqual({ uid, gid, additionalGids: groups, home });
  });

  test.each([
    ["nosuch", /no user "nosuch"; it has root, app/],
    ["app:nosuch", /no group "nosuch"; it has root, wheel/],
    ["broken", /no user "broken"/],
    ["4294967295", /no user/],
    ["a:b:c", /not USER or USER:GROUP/],
    ["app:", /not USER or USER:GROUP/],
  ])("%j is refused with what there is", (text, reason) => {
    expect(() => resolveUser(text, database)).toThrow(reason);
  });

  test("in an image without databases is a number, or refused", () => {
    expect(resolveUser("", { passwd: "", group: "" })).toMatchObject({ uid: 0, gid: 0 });
    expect(() => resolveUser("app", { passwd: "", group: "" })).toThrow(/it has none/);
  });
});

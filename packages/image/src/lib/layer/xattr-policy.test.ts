import { describe, expect, test } from "vitest";
import { isCopiedXattr, isOwnXattr, writtenXattr } from "./xattr-policy.ts";

describe("an extended attribute of an archive", () => {
  test.each([
    ["user.x", "user.x", "user.x"],
    ["user.rootlesscontainers", "user.rootlesscontainers", "user.rootlesscontainers"],
    ["security.capability", "security.capability", "security.capability"],
    ["security.ima", "security.ima", "security.ima"],
    ["system.posix_acl_access", "system.posix_acl_access", "system.posix_acl_access"],
    ["security.selinux", undefined, undefined],
    ["system.nfs4_acl", undefined, undefined],
    ["user.containers.override_stat", undefined, undefined],
    ["trusted.x.copy", undefined, undefined],
    ["user.x.copy", undefined, undefined],
    ["trusted.overlay.redirect", "trusted.overlay.overlay.redirect", undefined],
    ["user.overlay.opaque", "user.overlay.overlay.opaque", undefined],
    ["user.overlay.overlay.opaque", "user.overlay.overlay.overlay.opaque", undefined],
    ["trusted.overlayed", "trusted.overlayed", "trusted.overlayed"],
  ])("%s is written as %s for overlay, as %s in one tree", (name, stacked, flat) => {
    expect(writtenXattr(name, "overlay")).toBe(stacked);
    expect(writtenXattr(name, "flat")).toBe(flat);
  });

  test("is told from those that the layers themselves have", () => {
    expect(isOwnXattr("trusted.overlay.opaque")).toBe(true);
    expect(isOwnXattr("user.overlay.overlay.opaque")).toBe(false);
    expect(isCopiedXattr("user.containers.override_stat")).toBe(true);
    expect(isCopiedXattr("user.overlay.opaque")).toBe(false);
  });
});

import { CgroupError } from "../error.ts";

/** Whether busctl says that there is nobody to talk to. */
export function isMissing(said: string): boolean {
  return /Failed to (connect|set address)|not provided by any|No medium found|not been booted/.test(
    said,
  );
}

/** The refusal where no systemd answers, and what to do. */
export function noSystemd(
  { user }: { readonly user: boolean },
  why: string,
  cause?: unknown,
): CgroupError {
  const whose = user ? "of this user" : "of this machine";
  return new CgroupError("X_CGROUP_NO_SYSTEMD", `cannot ask the systemd ${whose}: ${why}`, {
    hint: user
      ? "A user's systemd runs while the user is logged in (not after su or sudo): log in by ssh or machinectl shell USER@, or keep it running with loginctl enable-linger USER and set XDG_RUNTIME_DIR=/run/user/UID; it needs the packages dbus-user-session and libpam-systemd. Without systemd, createCgroup does the same in a delegated part of the tree"
      : "createCgroup needs no systemd; containers have one only if it was started in them, and busctl comes with the package systemd",
    ...(cause === undefined ? {} : { cause }),
  });
}

interface Entry {
  readonly type: string;
  readonly major: string;
  readonly minor: string;
  access: string;
}

/** What security/device_cgroup.c does with the lines written into one group. */
export class KernelDevices {
  #allow = true;
  #entries: Entry[] = [];

  /** `devices.allow=c 1:3 rw` */
  write(line: string): void {
    const [file, value = ""] = line.split("=");
    const allow = file === "devices.allow";
    if (value.startsWith("a")) {
      this.#allow = allow;
      this.#entries = [];
      return;
    }
    const [type = "", numbers = "", access = ""] = value.split(" ");
    const [major = "", minor = ""] = numbers.split(":");
    const same = this.#entries.find(
      (one) => one.type === type && one.major === major && one.minor === minor,
    );
    const rest = (before: string): string =>
      [...before].filter((one) => !access.includes(one)).join("");
    if (same !== undefined) {
      same.access = rest(same.access) + (allow === this.#allow ? "" : access);
    } else if (allow !== this.#allow) {
      this.#entries.push({ type, major, minor, access });
    }
    this.#entries = this.#entries.filter((one) => one.access !== "");
  }

  /** `devices.list` */
  get list(): string {
    if (this.#allow) return "a *:* rwm";
    return this.#entries
      .map(({ type, major, minor, access }) => `${type} ${major}:${minor} ${ordered(access)}`)
      .join("\n");
  }

  /** Whether a process in the group may open, or make, this node. */
  may(type: string, major: number, minor: number, access: string): boolean {
    const excepted = this.#entries.some(
      (one) =>
        one.type === type &&
        (one.major === "*" || one.major === `${major}`) &&
        (one.minor === "*" || one.minor === `${minor}`) &&
        one.access.includes(access),
    );
    return excepted !== this.#allow;
  }
}

function ordered(access: string): string {
  return [..."rwm"].filter((one) => access.includes(one)).join("");
}

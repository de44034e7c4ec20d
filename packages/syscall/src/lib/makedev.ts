/**
 * A device number as `mknodat(2)` takes it, in the encoding of the kernel (`new_encode_dev`): 12
 * bits of major number, 20 of minor.
 *
 * @throws RangeError when one of the two does not fit.
 */
export function makedev(major: number, minor: number): number {
  if (!Number.isInteger(major) || major < 0 || major > 0xfff) {
    throw new RangeError(`Device major number ${major} is not an integer from 0 to 4095`);
  }
  if (!Number.isInteger(minor) || minor < 0 || minor > 0xfffff) {
    throw new RangeError(`Device minor number ${minor} is not an integer from 0 to 1048575`);
  }
  return (((minor & 0xfff00) << 12) | (major << 8) | (minor & 0xff)) >>> 0;
}

/** The two halves of a device number in the kernel's encoding; the reverse of `makedev`. */
export function splitDevice(device: number): { major: number; minor: number } {
  return { major: (device >>> 8) & 0xfff, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) };
}

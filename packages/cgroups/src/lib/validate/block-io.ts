import type {
  BlockDevice,
  BlockIoLimits,
  LatencyDevice,
  ThrottleDevice,
  WeightDevice,
} from "../resources.ts";
import { every, invalid, listOf, object, type Check } from "./check.ts";
import { duration, orMax, size, whole } from "./quantity.ts";

/** OCI's bounds: what CFQ took, and what BFQ takes a part of. */
const weight = whole(10, 1000);
/** makedev(3): 12 bits and 20 bits. */
const numbers = { major: whole(0, 4095), minor: whole(0, 1_048_575) };
const both = ["major", "minor"] as const;

const nameOf = ({ major, minor }: BlockDevice): string => `device ${major}:${minor}`;

const weightDevice: Check = every(
  object<WeightDevice>({ ...numbers, weight, leafWeight: weight }, both),
  (value, field) => {
    const given = value as WeightDevice;
    if (given.weight === undefined && given.leafWeight === undefined) {
      throw invalid(field, "has neither a weight nor a leafWeight");
    }
  },
);

/** A rate of 0 is no limit on v1 and refused by v2: nobody can mean it. */
const throttle = listOf<ThrottleDevice>(
  object<ThrottleDevice>({ ...numbers, rate: orMax(size(1)) }, [...both, "rate"]),
  nameOf,
);

/** `Resources.blockIO` */
export const blockIO: Check = object<BlockIoLimits>({
  weight,
  weightDevice: listOf<WeightDevice>(weightDevice, nameOf),
  leafWeight: weight,
  throttleReadBpsDevice: throttle,
  throttleWriteBpsDevice: throttle,
  throttleReadIOPSDevice: throttle,
  throttleWriteIOPSDevice: throttle,
  latencyDevice: listOf<LatencyDevice>(
    object<LatencyDevice>({ ...numbers, target: duration(0) }, [...both, "target"]),
    nameOf,
  ),
});

import { parts } from "./shape.ts";
import type { OciBlockIo, OciThrottleDevice, OciWeightDevice } from "./parts.ts";
import { present } from "../present.ts";
import type { BlockIoLimits, ThrottleDevice, WeightDevice } from "../resources.ts";

/** `blockIO` of an OCI config in our words: a weight of 0 is none, a rate of 0 or -1 no limit. */
export function blockIoFromOci(blockIO: OciBlockIo): BlockIoLimits {
  return present<BlockIoLimits>({
    weight: blockIO.weight || undefined,
    leafWeight: blockIO.leafWeight || undefined,
    weightDevice: parts(blockIO.weightDevice, "blockIO.weightDevice", weightDevice),
    throttleReadBpsDevice: parts(
      blockIO.throttleReadBpsDevice,
      "blockIO.throttleReadBpsDevice",
      throttle,
    ),
    throttleWriteBpsDevice: parts(
      blockIO.throttleWriteBpsDevice,
      "blockIO.throttleWriteBpsDevice",
      throttle,
    ),
    throttleReadIOPSDevice: parts(
      blockIO.throttleReadIOPSDevice,
      "blockIO.throttleReadIOPSDevice",
      throttle,
    ),
    throttleWriteIOPSDevice: parts(
      blockIO.throttleWriteIOPSDevice,
      "blockIO.throttleWriteIOPSDevice",
      throttle,
    ),
  });
}

function weightDevice({ major, minor, weight, leafWeight }: OciWeightDevice): WeightDevice {
  return present<WeightDevice>({
    major,
    minor,
    weight: weight || undefined,
    leafWeight: leafWeight || undefined,
  });
}

/** The kernel of v1 takes 0 for no limit, and configs were written for it. */
function throttle({ major, minor, rate }: OciThrottleDevice): ThrottleDevice {
  const none = rate <= 0 || rate > Number.MAX_SAFE_INTEGER;
  return { major, minor, rate: none ? "max" : rate };
}

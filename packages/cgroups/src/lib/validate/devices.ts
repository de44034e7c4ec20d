import type { DeviceRule } from "../resources.ts";
import { listOf, object, oneOf, text, type Check } from "./check.ts";
import { whole } from "./quantity.ts";

const access = text(/^(?!.*(.).*\1)[rwm]+$/, 'made of "r", "w" and "m", each at most once');

/** `Resources.devices`. A rule may come again: the last that fits decides. */
export const devices: Check = listOf<DeviceRule>(
  object<DeviceRule>(
    {
      allow: oneOf(true, false),
      type: oneOf("a", "b", "c"),
      major: whole(0, 4095),
      minor: whole(0, 1_048_575),
      access,
    },
    ["allow"],
  ),
);

import type { NetworkLimits } from "../resources.ts";
import { every, invalid, listOf, object, show, text, type Check } from "./check.ts";
import { whole } from "./quantity.ts";

type Priority = NonNullable<NetworkLimits["priorities"]>[number];

/** IFNAMSIZ of <linux/if.h> less the byte that ends it. */
const longestInterface = 15;

/** What the kernel's own check takes for the name of a network device (dev_valid_name). */
const interfaceName: Check = every(
  text(/^(?!\.{1,2}$)[^\s/:\0]+$/, "the name of a network device"),
  (value, field) => {
    if (Buffer.byteLength(value as string) <= longestInterface) return;
    throw invalid(
      field,
      `${show(value)} is longer than the ${longestInterface} bytes of a network device's name`,
    );
  },
);

/** `Resources.network` */
export const network: Check = object<NetworkLimits>({
  classID: whole(0, 0xffff_ffff),
  priorities: listOf<Priority>(
    object<Priority>({ name: interfaceName, priority: whole(0, 0xffff_ffff) }, [
      "name",
      "priority",
    ]),
    ({ name }) => `device ${name}`,
  ),
});

import type { ControllerName, Setting } from "../controller.ts";

/** Makes settings of one controller. */
export type Write = (file: string, value: string | number, field: string) => Setting;

/** What makes settings of this controller. */
export function writer(controller: ControllerName): Write {
  return (file, value, field) => ({ controller, file, value: String(value), field });
}

/*
 * The classes of `ioprio_set(2)`; they stand above bit 13 of the priority.
 */

export const IOPRIO_CLASS_NONE = 0;
export const IOPRIO_CLASS_RT = 1;
export const IOPRIO_CLASS_BE = 2;
export const IOPRIO_CLASS_IDLE = 3;

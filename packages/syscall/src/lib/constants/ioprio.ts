/*
 * Whose priority `ioprio_set(2)` sets, and the classes, which stand above bit `IOPRIO_CLASS_SHIFT`.
 */

export const IOPRIO_WHO_PROCESS = 1;
export const IOPRIO_WHO_PGRP = 2;
export const IOPRIO_WHO_USER = 3;

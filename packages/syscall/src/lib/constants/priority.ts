/*
 * Whose nice value `setpriority(2)` sets.
 */

export const PRIO_PROCESS = 0;
export const PRIO_PGRP = 1;
export const PRIO_USER = 2;

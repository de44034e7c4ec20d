/*
 * Flags of `timerfd_settime(2)` and `clock_nanosleep(2)`.
 */

export const TIMER_ABSTIME = 0x1;
export const TFD_TIMER_CANCEL_ON_SET = 0x2;

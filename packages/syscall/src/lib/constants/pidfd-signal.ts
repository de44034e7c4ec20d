/*
 * Whom `pidfd_send_signal(2)` signals.
 */

export const PIDFD_SIGNAL_THREAD = 0x1;
export const PIDFD_SIGNAL_THREAD_GROUP = 0x2;
export const PIDFD_SIGNAL_PROCESS_GROUP = 0x4;

/** What to do when the kernel says no to who we are. */
export const rights: Readonly<Record<string, string>> = {
  EPERM:
    "It needs CAP_SYS_ADMIN in the initial user namespace: without root the device rules of v2 " +
    "cannot be set, in a delegated group neither. Leave devices out there: no user can make device nodes",
};

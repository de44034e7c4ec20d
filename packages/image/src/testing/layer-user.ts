/** Some user who is nobody. */
export const ordinaryUser = 65534;

/** Whether this process may become others. */
export const isRoot: boolean = process.geteuid?.() === 0;

/** Lets root be an ordinary user for a while; for others it changes nothing. */
export async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (!isRoot) return await act();
  process.setegid!(ordinaryUser);
  process.seteuid!(ordinaryUser);
  try {
    return await act();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

/** An object without the fields that are undefined: what is not there is not mentioned. */
export function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const result: Partial<T> = {};
  for (const key in fields) {
    if (fields[key] !== undefined) result[key] = fields[key];
  }
  return result as T;
}

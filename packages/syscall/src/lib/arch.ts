/** The processors whose system call tables are here, by Node's names for them (`process.arch`). */
export type Arch = "x64" | "arm64";

/** What went wrong on disk, for the log. The store goes on: what it could not keep or read, it answers from memory. */
export type DiskProblem =
  /** A file is not as it was written; it was set aside and counts as not there. */
  | { kind: "damaged"; file: string }
  /** A snapshot could not be written. */
  | { kind: "not_kept"; code: string }
  /** The folder, or a file in it, could not be read. */
  | { kind: "not_read"; code: string }
  /** Old files could not be removed to make room. */
  | { kind: "not_removed"; code: string };

export type OnDiskProblem = (problem: DiskProblem) => void;

import type { ReadSnapshots, Snapshot } from "../pages/snapshot.ts";

/** Where a snapshot is after `put`. */
export type Kept =
  /** Where the store promises; `memory` is all that a memory store promises. */
  | { where: "disk" | "memory" | "nowhere" }
  /** It should be on disk and is not; `problem` completes "it could not be written (…)". */
  | { where: "memory"; problem: string };

/** Snapshots that can be read again for free. */
export interface SnapshotStore extends ReadSnapshots {
  /** Never throws: what was paid for is answered with, kept or not. */
  put(snapshot: Snapshot): Promise<Kept>;
  /** The newest answer to one request (`toRequestKey`), however old; undefined when there is none. */
  newest(requestKey: string): Promise<Snapshot | undefined>;
}

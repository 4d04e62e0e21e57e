import type { Consent } from "../errors.ts";
import type { PagesRequest } from "../pages/request/request.ts";
import type { Snapshot } from "../pages/snapshot/snapshot.ts";

/** What a caller wants. */
export interface Order {
  request: PagesRequest;
  /** `toRequestKey` of the request. */
  requestKey: string;
  /** A kept answer fetched at this time or later will do, ms since the epoch. */
  notBefore: number;
  consent?: Consent;
}

/** What the caller gets. */
export interface Bought {
  snapshot: Snapshot;
  /** `kept`: it was there and cost nothing now; `shared`: another caller's purchase brought it. */
  how: "bought" | "shared" | "kept";
  /** Things the reader has to know about the purchase, one sentence each. */
  notes: string[];
}

/** Where snapshots are kept, as far as spending needs it. */
export interface KeepSnapshots {
  /** Never throws. `problem` says why it is not where it should be. */
  put(snapshot: Snapshot): Promise<{ where: string; problem?: string }>;
  newest(requestKey: string): Promise<Snapshot | undefined>;
}

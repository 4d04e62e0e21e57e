import type { PendingKind } from "./problem.ts";

/** Something that must get to Redis, sooner or later; written twice, it is as if written once. */
export interface Owed {
  what: PendingKind;
  /** What keeping it here takes, about. */
  bytes: number;
  write: () => Promise<unknown>;
}

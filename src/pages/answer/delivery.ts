/** How a snapshot came to its reader, and what that means for their money. */
export interface Delivery {
  /** Paid for now; by another caller's purchase of the same; or kept from before and free now. */
  how: "bought" | "shared" | "kept";
  /** ms since it was fetched; null when that is not known. */
  ageMs: number | null;
  /** USD left of today's budget; null where nothing bounds it, or nothing was spent. */
  leftUsd: number | null;
}

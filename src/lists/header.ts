import type { Source } from "./snapshot.ts";

export interface HeaderOptions {
  /** What the request parser read differently, and other things the reader must know. */
  notes?: readonly string[];
  /** How the snapshot came; left out for an imported one. */
  delivery?: Delivery;
}

/** How a snapshot came to its reader, and what that means for their money. */
export interface Delivery {
  /** Paid for now; by another caller's purchase of the same; or kept from before and free now. */
  how: "bought" | "shared" | "kept";
  /** ms since it was fetched; null when that is not known. */
  ageMs: number | null;
  /** USD left of today's budget; null where nothing bounds it, or nothing was spent. */
  leftUsd: number | null;
}

/** The warning that comes first wherever data is not real; nothing else needs one. */
export function describeSource(source: Source): string[] {
  return source === "sandbox" ? ["SANDBOX: generated data on reserved names, nothing here is about a real site"] : [];
}

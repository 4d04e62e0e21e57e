import type { Listing } from "./listing.ts";

export interface Problem {
  /** JSON Pointer into the listing; of something missing, where it should be. */
  path: string;
  says: string;
}

export interface Rule {
  name: string;
  /** What goes wrong, and where, when it is broken. */
  because: string;
  /** Takes any JSON for a listing's entries. What another rule refuses already is passed over. */
  check: (listing: Listing) => Iterable<Problem>;
}

export interface Finding extends Problem {
  rule: string;
}

/** @returns every breach of every rule; empty when there is none */
export const lint = (listing: Listing, rules: readonly Rule[]): Finding[] =>
  rules.flatMap(({ name, check }) => [...check(listing)].map((problem) => ({ rule: name, ...problem })));

import type { PlacedRow } from "../../../src/view/state/placed-rows.ts";

/** A row of which a test says what it is about; the rest is unknown. */
export const makeRow = (index: number, facts: Partial<PlacedRow> = {}): PlacedRow => ({
  index,
  handle: `p${index + 1}`,
  url: `https://acme.example/${index}`,
  status: 200,
  location: null,
  title: null,
  rank: null,
  backlinks: null,
  backlinksAtLeast: false,
  domains: null,
  nofollow: null,
  spam: null,
  firstSeen: null,
  lost: null,
  section: null,
  variants: [],
  variantsInAll: 0,
  ...facts,
});

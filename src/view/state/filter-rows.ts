import { meets, type StateFilter, stateOf } from "./page-state.ts";
import type { PlacedRow } from "./read-rows.ts";

/** What the table is narrowed to; every part that is set has to hold. */
export interface Filter {
  /** In URL or title, in any case. */
  text: string;
  state: StateFilter | null;
  section: string | null;
  minBacklinks: number;
  /** Start of the first-seen date: `2024` or `2024-05`. */
  firstSeen: string | null;
  /** What the pages have in common, in words, and which they are. */
  finding: HandleSet | null;
  /** The same for a question that the server answered. */
  question: HandleSet | null;
}

export interface HandleSet {
  name: string;
  handles: ReadonlySet<string>;
  /** More than there are handles, where not all of them travelled. */
  total: number;
}

export const NO_FILTER: Filter = {
  text: "",
  state: null,
  section: null,
  minBacklinks: 0,
  firstSeen: null,
  finding: null,
  question: null,
};

export const isFiltered = (filter: Filter): boolean =>
  (Object.keys(NO_FILTER) as (keyof Filter)[]).some((part) => filter[part] !== NO_FILTER[part]);

export function filterRows(rows: readonly PlacedRow[], filter: Filter): PlacedRow[] {
  const { state, section, minBacklinks, firstSeen, finding, question } = filter;
  const text = filter.text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (text === "" || row.url.toLowerCase().includes(text) || (row.title ?? "").toLowerCase().includes(text)) &&
      (state === null || meets(stateOf(row), state)) &&
      (section === null || row.section === section) &&
      (minBacklinks <= 0 || (row.backlinks ?? 0) >= minBacklinks) &&
      (firstSeen === null || (row.firstSeen ?? "").startsWith(firstSeen)) &&
      isIn(row, finding) &&
      isIn(row, question),
  );
}

/** A question may choose a variant: the row that it is folded into stands for it. */
const isIn = ({ handle, variants }: PlacedRow, set: HandleSet | null): boolean =>
  set === null || set.handles.has(handle) || variants.some((variant) => set.handles.has(variant));

import { meets, type PlacedRow, type StateFilter, stateOf } from "./placed-rows.ts";

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

export const SORT_KEYS = [
  "order",
  "id",
  "url",
  "title",
  "status",
  "rank",
  "backlinks",
  "domains",
  "nofollow",
  "spam",
  "firstSeen",
  "lost",
  "section",
  "variants",
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  key: SortKey;
  isDescending: boolean;
}

/** The order in which the snapshot was fetched. */
export const AS_FETCHED: Sort = { key: "order", isDescending: false };

type Value = string | number | null;

const READ: Readonly<Record<SortKey, (row: PlacedRow) => Value>> = {
  order: ({ index }) => index,
  // `p10` comes after `p2`.
  id: ({ handle }) => Number(handle.slice(1)),
  url: ({ url }) => url || null,
  title: ({ title }) => title,
  status: ({ status }) => status,
  rank: ({ rank }) => rank,
  backlinks: ({ backlinks }) => backlinks,
  // A range goes by the least that is certain.
  domains: ({ domains }) => domains?.low ?? null,
  nofollow: ({ nofollow }) => nofollow,
  spam: ({ spam }) => spam?.high ?? spam?.low ?? null,
  firstSeen: ({ firstSeen }) => firstSeen,
  lost: ({ lost }) => lost,
  section: ({ section }) => section,
  variants: ({ variantsInAll }) => variantsInAll,
};

/** Names and dates are read from their start, figures from the largest. */
const STARTS_ASCENDING: readonly SortKey[] = ["order", "id", "url", "title", "status", "firstSeen", "section"];

/** A column's own direction. */
export const startSort = (key: SortKey): Sort => ({ key, isDescending: !STARTS_ASCENDING.includes(key) });

/** What a click on a column does: its own direction first, then the other, then back to the fetched order. */
export function toggleSort({ key, isDescending }: Sort, clicked: SortKey): Sort {
  const first = startSort(clicked);
  if (key !== clicked) return first;
  return isDescending === first.isDescending ? { key, isDescending: !isDescending } : AS_FETCHED;
}

/** A sorted copy. What is unknown stands last either way, and equals keep the fetched order. */
export function sortRows(rows: readonly PlacedRow[], { key, isDescending }: Sort): PlacedRow[] {
  const read = READ[key];
  const sign = isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: read(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

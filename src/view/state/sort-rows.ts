import type { PlacedRow } from "./read-rows.ts";

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

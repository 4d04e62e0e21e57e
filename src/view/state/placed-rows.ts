import { VIEW_COLUMNS, type ViewCell, type ViewRow, type ViewRows } from "../../pages/view/view-data.ts";

/** What pages are told apart by, in the words of every answer. */
export const STATES = ["live", "redirect", "gone", "refused", "trouble", "unknown"] as const;
export type State = (typeof STATES)[number];

/** What rows can be narrowed to; the free tool takes the same words. */
export const STATE_FILTERS = ["live", "redirect", "dead", "gone", "refused", "trouble", "unknown"] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

/** The server's rule, which a test holds this to: nothing of it but the form of its data comes into a browser. */
export function stateOf({ status }: Pick<ViewRow, "status">): State {
  if (status === null || status < 200) return "unknown";
  if (status < 300) return "live";
  if (status < 400) return "redirect";
  if (status === 404 || status === 410) return "gone";
  return status >= 500 && status < 600 ? "trouble" : "refused";
}

/** Dead is whatever fails, for whatever reason. */
export const meets = (state: State, filter: StateFilter): boolean =>
  state === filter || (filter === "dead" && (state === "gone" || state === "refused" || state === "trouble"));

/** A row of the table with its place among all of them. */
export interface PlacedRow extends ViewRow {
  index: number;
}

type Column = (typeof VIEW_COLUMNS)[number];

const AT = Object.fromEntries(VIEW_COLUMNS.map((name, index) => [name, index])) as Record<Column, number>;

/** Rows as they travelled, put back together; a cell of another kind than its column's is unknown. */
export function readRows({ from, cells }: ViewRows): PlacedRow[] {
  return cells.map((row, index) => readRow(row, from + index));
}

function readRow(cells: readonly ViewCell[], index: number): PlacedRow {
  const text = (name: Column) => toText(cells[AT[name]]);
  const number = (name: Column) => toNumber(cells[AT[name]]);
  const variants = cells[AT.variants];
  return {
    index,
    handle: text("handle") ?? "",
    url: text("url") ?? "",
    status: number("status"),
    location: text("location"),
    title: text("title"),
    rank: number("rank"),
    backlinks: number("backlinks"),
    backlinksAtLeast: cells[AT.backlinksAtLeast] === true,
    domains: toRange(number("domainsLow"), number("domainsHigh")),
    nofollow: number("nofollow"),
    spam: toRange(number("spamLow"), number("spamHigh")),
    firstSeen: text("firstSeen"),
    lost: text("lost"),
    section: text("section"),
    variants: Array.isArray(variants) ? variants : [],
    variantsInAll: number("variantsInAll") ?? 0,
  };
}

const toText = (cell: ViewCell | undefined): string | null => (typeof cell === "string" ? cell : null);
const toNumber = (cell: ViewCell | undefined): number | null => (typeof cell === "number" ? cell : null);
const toRange = (low: number | null, high: number | null): ViewRow["domains"] => (low === null ? null : { low, high });

/** Adds rows that came later: each stands once, in the order of the snapshot. */
export function mergeRows(rows: readonly PlacedRow[], more: readonly PlacedRow[]): PlacedRow[] {
  const byIndex = new Map([...rows, ...more].map((row) => [row.index, row]));
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

/** Index of the first row that has not come yet; null when all are here. */
export function findGap(rows: readonly PlacedRow[], total: number): number | null {
  const gap = rows.findIndex(({ index }, at) => index !== at);
  const first = gap === -1 ? rows.length : gap;
  return first < total ? first : null;
}

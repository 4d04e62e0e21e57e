import {
  type Cell,
  cutTexts,
  MAX_URL_CHARS,
  type Range,
  SHORTER,
  TITLE,
  toOverlapCell,
  toRangeCell,
  URL_COLUMN,
} from "../../lists/cells.ts";
import { toPercent } from "../../lists/filters/evaluate-filter.ts";
import { parseTime } from "../../lists/filters/filter.ts";
import type { OrderRule } from "../../lists/filters/order-by.ts";
import { toOneLine } from "../../lists/text.ts";
import { type Fold, overlapOf, sumOf } from "../answer/fold.ts";
import { DISPENSABLE, toDisplayUrl, toTable } from "../answer/table.ts";
import { BREAKDOWNS, CATALOGUES, NOFOLLOW_SHARE } from "../catalogue.ts";
import { compileFieldReader, type ItemRules } from "../field-readers.ts";
import type { Page } from "../page.ts";
import type { TableChoice } from "./fit-table.ts";
import type { QueryColumn } from "./pages-query.ts";

/** How rows are to be shown. */
export interface RowView {
  target: string;
  /** Null for the default table. */
  columns: readonly QueryColumn[] | null;
  rules: ItemRules;
  isFolded: boolean;
}

/**
 * The ways of showing rows, the fullest first: the default table gives up its dispensable columns one by one; asked-for
 * columns all stay. Then texts are cut shorter.
 */
export function toRowTables(rows: readonly Fold[], { target, columns, rules, isFolded }: RowView): TableChoice[] {
  const short = columns === null ? toDefaultTables(rows, target) : [toAskedTable(rows, target, columns, rules)];
  const full = isFolded ? short : short.map((table) => withWholeUrls(table, rows));
  const last = full.at(-1);
  return last === undefined ? [] : [...full, ...SHORTER.map((cutTo) => withShorterTexts(last, cutTo))];
}

function toDefaultTables(rows: readonly Fold[], target: string): TableChoice[] {
  return [0, ...DISPENSABLE.keys()].map((_, dropped) => {
    const { columns, row } = toTable(rows, target, DISPENSABLE.slice(0, dropped));
    return { columns, told: columns.map((name) => name === TITLE), row };
  });
}

function toAskedTable(
  rows: readonly Fold[],
  target: string,
  asked: readonly QueryColumn[],
  rules: ItemRules,
): TableChoice {
  const table = toTable(rows, target);
  const readers = asked.map(({ name, kind, field = name }) => {
    // A column that no row fills is not in the table: it was asked for, so it is shown, and empty.
    if (kind === "table") return { at: table.columns.indexOf(name), show: null, isTold: name === TITLE };
    const { show, isTold } = toRowFigure(field, rules);
    return { at: -1, show, isTold };
  });
  return {
    columns: ["id", URL_COLUMN, ...asked.map(({ name }) => name)],
    told: [false, false, ...readers.map(({ isTold }) => isTold)],
    row: (index) => {
      const row = rows[index];
      if (row === undefined) throw new RangeError(`no row ${index} among ${rows.length}`);
      const known = table.row(index);
      const read = readers.map(({ at, show }): Cell => (show === null ? (known[at] ?? null) : show(row)));
      return [known[0] ?? null, known[1] ?? null, ...read];
    },
  };
}

/** Unfolded, `http://acme.example/` and `https://www.acme.example/` are two rows: what is short for both names neither. */
const withWholeUrls = (table: TableChoice, rows: readonly Fold[]): TableChoice => ({
  ...table,
  row: (index) =>
    table.row(index).map((cell, column) => {
      const url = rows[index]?.main.url;
      return table.columns[column] === URL_COLUMN && url !== undefined ? toOneLine(url, MAX_URL_CHARS) || null : cell;
    }),
});

const withShorterTexts = (table: TableChoice, cutTo: number): TableChoice => ({
  ...table,
  cutTo,
  row: (index) => cutTexts(table.row(index), cutTo),
});

/** A field of a row: what it shows, and what it is sorted by (null is unknown). */
export interface RowFigure {
  show: (row: Fold) => Cell;
  rank: (row: Fold) => number | string | null;
  /** It may hold a stranger's words. */
  isTold: boolean;
}

const SUMS = new Set(
  "backlinks referring_pages referring_pages_nofollow broken_backlinks"
    .split(" ")
    .map((name) => `page_summary.${name}`),
);

const OVERLAPS = new Set(
  `referring_domains referring_domains_nofollow referring_main_domains referring_main_domains_nofollow referring_ips
   referring_subnets`
    .split(/\s+/)
    .map((name) => `page_summary.${name}`),
);

/** Figures that pages are read for tolerantly: a number that came as text is one. */
const READ: Readonly<Record<string, (page: Page) => number | null>> = {
  "page_summary.rank": (page) => page.rank,
  "page_summary.backlinks": (page) => page.backlinks,
  "page_summary.referring_domains": (page) => page.referringDomains,
  "page_summary.referring_pages": (page) => page.referringPages,
  status_code: (page) => page.status,
};

/**
 * Reads one catalogue field off a row. Counts of links add up over the folded pages, domains and addresses overlap (a
 * range, sorted by the least it can be), of ranks the largest stands for all; anything else is the main page's own.
 */
export function toRowFigure(field: string, rules: ItemRules): RowFigure {
  if (field === NOFOLLOW_SHARE) return ofNumber(({ nofollowShare }) => toPercent(nofollowShare, 1, 0));
  if (field === "id")
    return { show: ({ main }) => main.handle, rank: ({ main }) => numberOf(main.handle), isTold: false };
  if (field === URL_COLUMN) return ofText(({ main }) => toDisplayUrl(main.url, rules.target ?? "") || null);
  if (field === "page_summary.backlinks_spam_score") return ofRange(({ spamScore }) => spamScore);
  const isCounted = [...BREAKDOWNS.values()].some((map) => field.startsWith(`${map}.`));
  if (isCounted && field.endsWith("%")) return ofShare(field.slice(0, -1), rules);
  const raw = compileFieldReader(field, rules);
  const number = READ[field] ?? ((page: Page) => toNumber(raw(page.raw)));
  if (isCounted || SUMS.has(field)) return ofRange((row) => sumOf(row, number));
  if (OVERLAPS.has(field)) {
    const read = (row: Fold) => overlapOf(row, number);
    return { ...ofRange(read), show: (row) => toOverlapCell(read(row)) };
  }
  if (field === "page_summary.rank") return ofNumber(({ rank }) => rank);
  const type = CATALOGUES.pages.get(field) ?? "any";
  if (type === "num") return ofNumber(({ main }) => number(main));
  if (type === "time") {
    const read = ({ main }: Fold) => toTime(raw(main.raw));
    return { show: (row) => toDay(read(row)), rank: read, isTold: false };
  }
  return {
    show: ({ main }) => toTextCell(raw(main.raw)),
    rank: ({ main }) => toSortable(raw(main.raw)),
    isTold: true,
  };
}

/** `p10` comes after `p2`. */
const numberOf = (handle: string): number => Number(handle.slice(1));

const ofRange = (read: (row: Fold) => Range | null): RowFigure => ({
  show: (row) => toRangeCell(read(row)),
  rank: (row) => read(row)?.low ?? null,
  isTold: false,
});

const ofNumber = (read: (row: Fold) => number | null): RowFigure => ({ show: read, rank: read, isTold: false });

const ofText = (read: (row: Fold) => string | null): RowFigure => ({ show: read, rank: read, isTold: true });

/** Of the links to the row's pages that tell both counts, so that an unknown one does not thin the share out. */
function ofShare(field: string, rules: ItemRules): RowFigure {
  const count = compileFieldReader(field, rules);
  return ofNumber(({ members }) => {
    let [part, whole] = [0, 0];
    for (const { raw, referringPages } of members) {
      const links = toNumber(count(raw));
      if (links === null || referringPages === null) continue;
      part += links;
      whole += referringPages;
    }
    return toPercent(part, whole, 1);
  });
}

const toNumber = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

const toTime = (value: unknown): number | null => (typeof value === "string" ? (parseTime(value) ?? null) : null);

/** `2026-01-31` */
const toDay = (epochMs: number | null): string | null =>
  epochMs === null ? null : new Date(epochMs).toISOString().slice(0, 10);

/** Lists joined; what is neither text nor a plain value is unknown. */
function toTextCell(value: unknown): Cell {
  const parts = (Array.isArray(value) ? value : [value]).filter(isPlain).slice(0, MAX_URL_CHARS);
  if (parts.length === 0) return null;
  return toOneLine(parts.map((part) => String(part).slice(0, MAX_URL_CHARS * 10)).join("; "), MAX_URL_CHARS);
}

function toSortable(value: unknown): number | string | null {
  if (typeof value === "string" || typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : null;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/**
 * Sorts rows by up to three rules over the rows' own figures. Unknown values come last in either direction; rows that
 * no rule tells apart stay in fetched order.
 * @returns the rows as they are without rules
 */
export function orderRows(rows: readonly Fold[], rules: readonly OrderRule[], itemRules: ItemRules): readonly Fold[] {
  if (rules.length === 0) return rows;
  const figures = rules.map(({ field }) => toRowFigure(field, itemRules).rank);
  const keyed = rows.map((row) => ({ row, keys: figures.map((read) => read(row)) }));
  keyed.sort((a, b) => {
    for (const [index, { direction }] of rules.entries()) {
      const order = compareKeys(a.keys[index] ?? null, b.keys[index] ?? null, direction === "desc");
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** What something is sorted by; null is unknown. */
export type SortKey = number | string | null;

/** Unknown values come last, whichever way the others go. */
export function compareKeys(a: SortKey, b: SortKey, isDescending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  // A field of mixed types: numbers before texts, whichever way each of them goes.
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return isDescending ? -order : order;
}

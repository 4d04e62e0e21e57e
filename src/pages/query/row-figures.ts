import { type Fold, overlapOf, type Range, sumOf } from "../answer/fold.ts";
import { type Cell, MAX_URL_CHARS, toRangeCell } from "../answer/table.ts";
import { CATALOGUES, LINK_MAPS } from "../filters/catalogue.ts";
import { compileFieldReader, type ItemRules } from "../filters/evaluate-filter.ts";
import { parseTime } from "../filters/time-value.ts";
import type { Page } from "../snapshot/page.ts";
import { toOneLine } from "../text.ts";

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
  const raw = compileFieldReader(field, rules);
  const number = READ[field] ?? ((page: Page) => toNumber(raw(page.raw)));
  if (SUMS.has(field) || LINK_MAPS.some((map) => field.startsWith(`${map}.`))) {
    return ofRange((row) => sumOf(row, number));
  }
  if (OVERLAPS.has(field)) return ofRange((row) => overlapOf(row, number));
  if (field === "page_summary.rank") return { show: ({ rank }) => rank, rank: ({ rank }) => rank, isTold: false };
  const type = CATALOGUES.pages.get(field) ?? "any";
  if (type === "num") return { show: ({ main }) => number(main), rank: ({ main }) => number(main), isTold: false };
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

const ofRange = (read: (row: Fold) => Range | null): RowFigure => ({
  show: (row) => toRangeCell(read(row)),
  rank: (row) => read(row)?.low ?? null,
  isTold: false,
});

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

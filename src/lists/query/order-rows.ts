import { type Cell, MAX_URL_CHARS, type Range, toRangeCell } from "../cells.ts";
import type { FieldType } from "../filters/field-names.ts";
import { parseTime } from "../filters/filter.ts";
import type { OrderRule } from "../filters/order-by.ts";
import { toOneLine } from "../text.ts";
import type { Row } from "./list-query.ts";

/** A field of a row: what it shows, and what it is sorted by (null is unknown). */
export interface RowFigure<R extends Row> {
  show: (row: R) => Cell;
  rank: (row: R) => SortKey;
  /** It may hold a stranger's words. */
  isTold: boolean;
}

export const ofRange = <R extends Row>(read: (row: R) => Range | null): RowFigure<R> => ({
  show: (row) => toRangeCell(read(row)),
  rank: (row) => read(row)?.low ?? null,
  isTold: false,
});

export const ofNumber = <R extends Row>(read: (row: R) => number | null): RowFigure<R> => ({
  show: read,
  rank: read,
  isTold: false,
});

export const ofText = <R extends Row>(read: (row: R) => string | null): RowFigure<R> => ({
  show: read,
  rank: read,
  isTold: true,
});

/** `p10` comes after `p2`. */
export const ofHandle = <R extends Row>(): RowFigure<R> => ({
  show: ({ main }) => main.handle,
  rank: ({ main }) => Number(main.handle.slice(1)),
  isTold: false,
});

/**
 * A field of the item that a row is named after, by its type.
 * @param read the field off the raw item
 */
export function ofMain<R extends Row>(type: FieldType, read: (raw: unknown) => unknown): RowFigure<R> {
  if (type === "num") return ofNumber(({ main }) => toNumber(read(main.raw)));
  if (type === "time") {
    const readTime = ({ main }: R) => toTime(read(main.raw));
    return { show: (row) => toDay(readTime(row)), rank: readTime, isTold: false };
  }
  return {
    show: ({ main }) => toTextCell(read(main.raw)),
    rank: ({ main }) => toSortable(read(main.raw)),
    isTold: true,
  };
}

export const toNumber = (value: unknown): number | null =>
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
export function orderRows<R extends Row>(
  rows: readonly R[],
  rules: readonly OrderRule[],
  figureOf: (field: string) => RowFigure<R>,
): readonly R[] {
  if (rules.length === 0) return rows;
  const figures = rules.map(({ field }) => figureOf(field).rank);
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

import type { Fold } from "../answer/fold.ts";
import { type Cell, DISPENSABLE, MAX_URL_CHARS, TITLE, toTable, URL_COLUMN } from "../answer/table.ts";
import type { ItemRules } from "../filters/evaluate-filter.ts";
import { toOneLine } from "../text.ts";
import type { TableChoice } from "./fit-rows.ts";
import type { QueryColumn } from "./query.ts";
import { toRowFigure } from "./row-figures.ts";

/** How rows are to be shown. */
export interface RowView {
  target: string;
  /** Null for the default table. */
  columns: readonly QueryColumn[] | null;
  rules: ItemRules;
  isFolded: boolean;
}

/** What texts are cut to when not even a few rows fit. */
const SHORTER = [40, 12];

/**
 * The ways of showing rows, the fullest first: the default table gives up its dispensable columns one by one; asked-for
 * columns all stay. Then texts are cut shorter.
 */
export function toRowTables(rows: readonly Fold[], { target, columns, rules, isFolded }: RowView): TableChoice[] {
  const short = columns === null ? toDefaultTables(rows, target) : [toAskedTable(rows, target, columns, rules)];
  const full = isFolded ? short : short.map((table) => withWholeUrls(table, rows));
  const last = full.at(-1);
  return last === undefined ? [] : [...full, ...SHORTER.map((cutTo) => cutTexts(last, cutTo))];
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
  const readers = asked.map(({ name, kind }) => {
    // A column that no row fills is not in the table: it was asked for, so it is shown, and empty.
    if (kind === "table") return { at: table.columns.indexOf(name), show: null, isTold: name === TITLE };
    const { show, isTold } = toRowFigure(name, rules);
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

const cutTexts = (table: TableChoice, cutTo: number): TableChoice => ({
  ...table,
  cutTo,
  row: (index) => table.row(index).map((cell) => (typeof cell === "string" ? toOneLine(cell, cutTo) : cell)),
});

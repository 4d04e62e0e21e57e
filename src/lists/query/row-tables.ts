import { type Cell, cutTexts, MAX_URL_CHARS, SHORTER, TITLE, URL_COLUMN } from "../cells.ts";
import { toOneLine } from "../text.ts";
import type { DefaultTable } from "./asking.ts";
import type { TableChoice } from "./fit-table.ts";
import type { QueryColumn, Row } from "./list-query.ts";
import type { RowFigure } from "./order-rows.ts";

/** How rows are to be shown. */
export interface RowView<R extends Row> {
  target: string;
  /** Null for the default table. */
  columns: readonly QueryColumn[] | null;
  table: DefaultTable<R>;
  figureOf: (field: string) => RowFigure<R>;
  /** What could share a row has several: only whole URLs tell these apart. */
  isApart: boolean;
}

/**
 * The ways of showing rows, the fullest first: the default table gives up its dispensable columns one by one; asked-for
 * columns all stay. Then texts are cut shorter.
 */
export function toRowTables<R extends Row>(rows: readonly R[], view: RowView<R>): TableChoice[] {
  const { columns, isApart } = view;
  const short = columns === null ? toDefaultTables(rows, view) : [toAskedTable(rows, columns, view)];
  const full = isApart ? short.map((table) => withWholeUrls(table, rows)) : short;
  const last = full.at(-1);
  return last === undefined ? [] : [...full, ...SHORTER.map((cutTo) => withShorterTexts(last, cutTo))];
}

function toDefaultTables<R extends Row>(rows: readonly R[], { target, table }: RowView<R>): TableChoice[] {
  return [0, ...table.dispensable.keys()].map((_, dropped) => {
    const { columns, row } = table.make(rows, target, table.dispensable.slice(0, dropped));
    return { columns, told: columns.map((name) => name === TITLE), row };
  });
}

function toAskedTable<R extends Row>(
  rows: readonly R[],
  asked: readonly QueryColumn[],
  { target, table: { make }, figureOf }: RowView<R>,
): TableChoice {
  const table = make(rows, target, []);
  const readers = asked.map(({ name, kind, field = name }) => {
    // A column that no row fills is not in the table: it was asked for, so it is shown, and empty.
    if (kind === "table") return { at: table.columns.indexOf(name), show: null, isTold: name === TITLE };
    const { show, isTold } = figureOf(field);
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
const withWholeUrls = <R extends Row>(table: TableChoice, rows: readonly R[]): TableChoice => ({
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

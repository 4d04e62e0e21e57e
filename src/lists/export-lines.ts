import { type Cell, toCsv } from "./cells.ts";
import type { Lines, SnapshotFile, SnapshotFiles } from "./export-files.ts";
import { toRequestBody } from "./request.ts";
import type { Charge, Item, Snapshot, SnapshotInfo } from "./snapshot.ts";
import { toOneLine, toSafeJson } from "./text.ts";

const toJsonLine = ({ raw }: Item): string => `${toSafeJson(raw)}\n`;

/** Every fetched item with everything that came, one JSON object a line, in fetched order; empty for none. */
export const renderJsonLines = ({ items }: Pick<Snapshot, "items">): string => items.map(toJsonLine).join("");

/** The same, line by line. */
export const toJsonLines = ({ items }: Pick<Snapshot, "items">): Lines => ({
  count: items.length,
  at: (index) =>
    items
      .slice(index, index + 1)
      .map(toJsonLine)
      .join(""),
});

/**
 * Where a spreadsheet may see the beginning of a formula: OWASP's list (CSV injection, read 2026-11), the full-width forms
 * that Excel takes too among it, and the small ones that mean the same. Quotes do not help, and neither does a place in the middle: where lists are parted by
 * semicolons, or a file is read by tabs or lines, a cell begins behind each of them.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=["\s]*[=+\-@＝＋－＠﹦﹢﹣﹫])/g;

/**
 * A CSV file that a spreadsheet may open: a header line and one line per row, the last one closed. A text that would be
 * taken for a formula gets an apostrophe before it, as spreadsheets mark texts, and so does what could become one when
 * the file is split elsewhere than at its commas.
 */
export const toSheetCsv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `${toCsv(
    columns,
    rows.map((row) => row.map(toTextCell)),
  )}\n`;

const toTextCell = (cell: Cell): Cell => (typeof cell === "string" ? cell.replace(FORMULA, "'") : cell);

/** One column of such a file. */
export interface SheetColumn<T> {
  name: string;
  read: (each: T) => Cell;
}

/** Such a file of so many things, one line each. */
export const toSheet = <T>(columns: readonly SheetColumn<T>[], each: readonly T[]): string =>
  toSheetCsv(
    columns.map(({ name }) => name),
    each.map((one) => columns.map(({ read }) => read(one))),
  );

/** A filter may have 10,000 characters; a list is for finding the snapshot, not for repeating the call. */
const MAX_REQUEST_CHARS = 300;

const LIST_COLUMNS: readonly SheetColumn<SnapshotInfo>[] = [
  { name: "snapshot_id", read: ({ id }) => id },
  { name: "target", read: ({ request }) => request.target },
  { name: "fetched_at", read: ({ fetchedAt }) => (fetchedAt === null ? null : new Date(fetchedAt).toISOString()) },
  { name: "urls", read: ({ itemCount }) => itemCount },
  { name: "urls_total", read: ({ totalCount }) => totalCount },
  { name: "source", read: ({ source }) => source },
  { name: "charge_usd", read: ({ charge }) => toChargeCell(charge) },
  { name: "request", read: ({ request }) => toOneLine(toSafeJson(toRequestBody(request)), MAX_REQUEST_CHARS) },
];

/** A price that was not told is not a free call; what was not bought here has none. */
function toChargeCell(charge: Charge): Cell {
  if (charge.kind === "reported") return charge.usd;
  return charge.kind === "none" ? null : "not reported";
}

/** Kept snapshots as CSV, one line each under a header line, in the order given. */
export const renderSnapshotList = (infos: readonly SnapshotInfo[]): string => toSheet(LIST_COLUMNS, infos);

/**
 * The files of one endpoint for whoever has a snapshot and does not know of which one it is.
 * @param narrow refuses a snapshot of another endpoint
 */
export function toFilesOfAny<S extends Snapshot>(
  files: SnapshotFiles<S>,
  narrow: (snapshot: Snapshot) => S,
): SnapshotFiles {
  const wrapped = Object.entries(files).map(([name, { render, lines, ...about }]): [string, SnapshotFile] => [
    name,
    {
      ...about,
      render: async (snapshot) => render(narrow(snapshot)),
      ...(lines !== undefined && { lines: async (snapshot) => lines(narrow(snapshot)) }),
    },
  ]);
  return Object.fromEntries(wrapped);
}

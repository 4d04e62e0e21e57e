import { type Cell, toCsv, toRangeCell } from "../../lists/cells.ts";
import { toRequestBody } from "../../lists/request.ts";
import type { Charge, SnapshotInfo } from "../../lists/snapshot.ts";
import { toOneLine, toSafeJson } from "../../lists/text.ts";
import { type Fold, foldPages, mapFolded, overlapOf, sumOf } from "../answer/fold.ts";
import { toTable } from "../answer/table.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import type { Page } from "../page.ts";

/** A text of closed lines, each of which is made when it is asked for. */
export interface Lines {
  count: number;
  at: (index: number) => string;
}

const MAX_URL_CHARS = 2000;
const MAX_TITLE_CHARS = 300;

type Folded = ReadonlyMap<string, string>;

const COLUMNS: readonly { name: string; read: (page: Page, folded: Folded) => Cell }[] = [
  { name: "id", read: ({ handle }) => handle },
  { name: "url", read: ({ url }) => toOneLine(url, MAX_URL_CHARS) },
  { name: "status_code", read: ({ status }) => status },
  { name: "location", read: ({ location }) => (location === null ? null : toOneLine(location, MAX_URL_CHARS)) },
  { name: "folded_into", read: ({ handle }, folded) => folded.get(handle) ?? null },
  { name: "rank", read: ({ rank }) => rank },
  { name: "backlinks", read: ({ backlinks }) => backlinks },
  { name: "referring_domains", read: ({ referringDomains }) => referringDomains },
  { name: "referring_pages", read: ({ referringPages }) => referringPages },
  { name: "referring_pages_nofollow", read: ({ referringPagesNofollow }) => referringPagesNofollow },
  { name: "backlinks_spam_score", read: ({ spamScore }) => spamScore },
  { name: "lost_date", read: ({ lostDate }) => (lostDate === null ? null : toOneLine(lostDate, 40)) },
  { name: "title", read: ({ title }) => (title === null ? null : toOneLine(title, MAX_TITLE_CHARS)) },
];

/**
 * Every fetched page of a snapshot, unfolded, one CSV line each under a header line. `folded_into` names the page in
 * whose row an answer shows this one; it is empty for a page that has a row of its own.
 */
export function renderPagesCsv(snapshot: PagesSnapshot): string {
  const names = COLUMNS.map(({ name }) => name);
  const folded = mapFolded(snapshot.items);
  const rows = snapshot.items.map((page) => COLUMNS.map(({ read }) => read(page, folded)));
  return toSheetCsv(names, rows);
}

/** Figures that an answer has no room for, and the handles of all that is folded into a row. */
const MORE: readonly { name: string; read: (fold: Fold) => Cell }[] = [
  { name: "ref_pages", read: (fold) => toRangeCell(sumOf(fold, (page) => page.referringPages)) },
  { name: "ref_ips", read: (fold) => toRangeCell(overlapOf(fold, (page) => page.referringIps)) },
  { name: "ref_subnets", read: (fold) => toRangeCell(overlapOf(fold, (page) => page.referringSubnets)) },
  { name: "folded", read: ({ main, members }) => handlesOf(members.filter((page) => page !== main)) },
];

const handlesOf = (pages: readonly { handle: string }[]): string | null =>
  pages.length === 0 ? null : pages.map(({ handle }) => handle).join(" ");

/** The whole table of an answer, nothing left out: one CSV line per row under a header line. */
export function renderRowsCsv(snapshot: PagesSnapshot): string {
  const folds = foldPages(snapshot.items);
  const table = toTable(folds, snapshot.request.target);
  const columns = [...table.columns, ...MORE.map(({ name }) => name)];
  // A file has room for both bounds, however far they are apart.
  const domainsAt = table.columns.indexOf("ref_domains");
  const toRow = (fold: Fold, index: number) =>
    table.row(index).map((cell, at) => (at === domainsAt ? toRangeCell(fold.referringDomains) : cell));
  const rows = folds.map((fold, index) => [...toRow(fold, index), ...MORE.map(({ read }) => read(fold))]);
  return toSheetCsv(columns, rows);
}

const toJsonLine = ({ raw }: Page): string => `${toSafeJson(raw)}\n`;

/** Every fetched item with everything that came, one JSON object a line, in fetched order; empty for no pages. */
export const renderPagesJsonl = ({ items: pages }: PagesSnapshot): string => pages.map(toJsonLine).join("");

/** The same, line by line. */
export const toJsonLines = ({ items: pages }: PagesSnapshot): Lines => ({
  count: pages.length,
  at: (index) =>
    pages
      .slice(index, index + 1)
      .map(toJsonLine)
      .join(""),
});

/**
 * Where a spreadsheet may see the beginning of a formula: OWASP's list (CSV injection, read 2026-11), the full-width forms
 * that Excel takes too among it. Quotes do not help, and neither does a place in the middle: where lists are parted by
 * semicolons, or a file is read by tabs or lines, a cell begins behind each of them.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=["\s]*[=+\-@＝＋－＠])/g;

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

/** A filter may have 10,000 characters; a list is for finding the snapshot, not for repeating the call. */
const MAX_REQUEST_CHARS = 300;

const COLUMNS_SNAPSHOTLIST: readonly { name: string; read: (info: SnapshotInfo) => Cell }[] = [
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
export function renderSnapshotList(infos: readonly SnapshotInfo[]): string {
  const names = COLUMNS_SNAPSHOTLIST.map(({ name }) => name);
  const rows = infos.map((info) => COLUMNS_SNAPSHOTLIST.map(({ read }) => read(info)));
  return toSheetCsv(names, rows);
}

import { toRangeCell } from "../../lists/cells.ts";
import { type SheetColumn, toSheet, toSheetCsv } from "../../lists/export-lines.ts";
import { toOneLine } from "../../lists/text.ts";
import { type Fold, foldPages, mapFolded, overlapOf, sumOf } from "../answer/fold.ts";
import { toTable } from "../answer/table.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import type { Page } from "../page.ts";

const MAX_URL_CHARS = 2000;
const MAX_TITLE_CHARS = 300;

/** A page, and the handle of the one whose row holds it. */
interface Row {
  page: Page;
  foldedInto: string | undefined;
}

const COLUMNS: readonly SheetColumn<Row>[] = [
  { name: "id", read: ({ page }) => page.handle },
  { name: "url", read: ({ page: { url } }) => toOneLine(url, MAX_URL_CHARS) },
  { name: "status_code", read: ({ page }) => page.status },
  {
    name: "location",
    read: ({ page: { location } }) => (location === null ? null : toOneLine(location, MAX_URL_CHARS)),
  },
  { name: "folded_into", read: ({ foldedInto }) => foldedInto ?? null },
  { name: "rank", read: ({ page }) => page.rank },
  { name: "backlinks", read: ({ page }) => page.backlinks },
  { name: "referring_domains", read: ({ page }) => page.referringDomains },
  { name: "referring_pages", read: ({ page }) => page.referringPages },
  { name: "referring_pages_nofollow", read: ({ page }) => page.referringPagesNofollow },
  { name: "backlinks_spam_score", read: ({ page }) => page.spamScore },
  { name: "lost_date", read: ({ page: { lostDate } }) => (lostDate === null ? null : toOneLine(lostDate, 40)) },
  { name: "title", read: ({ page: { title } }) => (title === null ? null : toOneLine(title, MAX_TITLE_CHARS)) },
];

/**
 * Every fetched page of a snapshot, unfolded, one CSV line each under a header line. `folded_into` names the page in
 * whose row an answer shows this one; it is empty for a page that has a row of its own.
 */
export function renderPagesCsv(snapshot: PagesSnapshot): string {
  const folded = mapFolded(snapshot.items);
  return toSheet(
    COLUMNS,
    snapshot.items.map((page) => ({ page, foldedInto: folded.get(page.handle) })),
  );
}

/** Figures that an answer has no room for, and the handles of all that is folded into a row. */
const MORE: readonly SheetColumn<Fold>[] = [
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

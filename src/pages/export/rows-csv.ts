import { type Fold, foldPages, overlapOf, sumOf } from "../answer/fold.ts";
import { type Cell, toRangeCell, toTable } from "../answer/table.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toSheetCsv } from "./sheet-csv.ts";

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
export function renderRowsCsv(snapshot: Snapshot): string {
  const folds = foldPages(snapshot.pages);
  const table = toTable(folds, snapshot.request.target);
  const columns = [...table.columns, ...MORE.map(({ name }) => name)];
  const rows = folds.map((fold, index) => [...table.row(index), ...MORE.map(({ read }) => read(fold))]);
  return toSheetCsv(columns, rows);
}

import type { Cell } from "../answer/table.ts";
import { toRequestBody } from "../request/request.ts";
import type { Charge, SnapshotInfo } from "../snapshot/snapshot.ts";
import { toOneLine, toSafeJson } from "../text.ts";
import { toSheetCsv } from "./sheet-csv.ts";

/** A filter may have 10,000 characters; a list is for finding the snapshot, not for repeating the call. */
const MAX_REQUEST_CHARS = 300;

const COLUMNS: readonly { name: string; read: (info: SnapshotInfo) => Cell }[] = [
  { name: "snapshot_id", read: ({ id }) => id },
  { name: "target", read: ({ request }) => request.target },
  { name: "fetched_at", read: ({ fetchedAt }) => (fetchedAt === null ? null : new Date(fetchedAt).toISOString()) },
  { name: "pages", read: ({ pageCount }) => pageCount },
  { name: "pages_total", read: ({ totalCount }) => totalCount },
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
  const names = COLUMNS.map(({ name }) => name);
  const rows = infos.map((info) => COLUMNS.map(({ read }) => read(info)));
  return toSheetCsv(names, rows);
}

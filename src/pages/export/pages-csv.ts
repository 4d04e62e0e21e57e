import { mapFolded } from "../answer/fold.ts";
import type { Cell } from "../answer/table.ts";
import type { Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { toOneLine } from "../text.ts";
import { toSheetCsv } from "./sheet-csv.ts";

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
export function renderPagesCsv(snapshot: Snapshot): string {
  const names = COLUMNS.map(({ name }) => name);
  const folded = mapFolded(snapshot.pages);
  const rows = snapshot.pages.map((page) => COLUMNS.map(({ read }) => read(page, folded)));
  return toSheetCsv(names, rows);
}

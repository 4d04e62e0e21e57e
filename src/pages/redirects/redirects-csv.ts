import { type SheetColumn, toSheet } from "../../lists/export-lines.ts";
import { toOneLine } from "../../lists/text.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { listReclaims, type Reclaim, toHref, toSafeUrl } from "./reclaim.ts";

const MAX_URL_CHARS = 2000;

const COLUMNS: readonly SheetColumn<Reclaim>[] = [
  { name: "id", read: ({ page }) => page.handle },
  { name: "from", read: ({ page }) => toCell(page.url) },
  { name: "http", read: ({ page }) => page.status },
  { name: "backlinks", read: ({ page }) => page.backlinks },
  { name: "ref_domains", read: ({ page }) => page.referringDomains },
  { name: "verdict", read: ({ verdict }) => verdict },
  { name: "to", read: ({ to }) => (to === null ? null : toCell(to.url)) },
  { name: "to_id", read: ({ to }) => to?.handle ?? null },
  { name: "why", read: ({ why }) => why },
  { name: "similarity", read: ({ score }) => (score === null ? null : Number(score.toFixed(2))) },
];

/** Encoded as the redirect maps write it; what is no address is shown as it came. */
function toCell(url: string): string {
  const safe = toSafeUrl(url);
  return safe === undefined ? toOneLine(url, MAX_URL_CHARS) : toHref(safe);
}

/**
 * The whole reclaim list, most backlinks first, one CSV line each under a header line; also what no redirect map can
 * hold. Only where `verdict` is `redirect` is `to` a target; with `review` it is what to look at first, or empty.
 */
export const renderRedirectsCsv = (snapshot: PagesSnapshot): string =>
  toSheet(COLUMNS, listReclaims(snapshot).reclaims);

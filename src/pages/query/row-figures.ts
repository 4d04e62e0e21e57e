import { toOverlapCell } from "../../lists/cells.ts";
import { toPercent } from "../../lists/filters/evaluate-filter.ts";
import { ofHandle, ofMain, ofNumber, ofRange, ofText, type RowFigure, toNumber } from "../../lists/query/order-rows.ts";
import { type Fold, overlapOf, sumOf } from "../answer/fold.ts";
import { toDisplayUrl } from "../answer/table.ts";
import { BREAKDOWNS, CATALOGUES, NOFOLLOW_SHARE } from "../catalogue.ts";
import { compileFieldReader, type ItemRules } from "../field-readers.ts";
import type { Page } from "../page.ts";

const SUMS = new Set(
  "backlinks referring_pages referring_pages_nofollow broken_backlinks"
    .split(" ")
    .map((name) => `page_summary.${name}`),
);

const OVERLAPS = new Set(
  `referring_domains referring_domains_nofollow referring_main_domains referring_main_domains_nofollow referring_ips
   referring_subnets`
    .split(/\s+/)
    .map((name) => `page_summary.${name}`),
);

/** Figures that pages are read for tolerantly: a number that came as text is one. */
const READ: Readonly<Record<string, (page: Page) => number | null>> = {
  "page_summary.rank": (page) => page.rank,
  "page_summary.backlinks": (page) => page.backlinks,
  "page_summary.referring_domains": (page) => page.referringDomains,
  "page_summary.referring_pages": (page) => page.referringPages,
  status_code: (page) => page.status,
};

/**
 * Reads one catalogue field off a row. Counts of links add up over the folded pages, domains and addresses overlap (a
 * range, sorted by the least it can be), of ranks the largest stands for all; anything else is the main page's own.
 */
export function toRowFigure(field: string, rules: ItemRules): RowFigure<Fold> {
  if (field === NOFOLLOW_SHARE) return ofNumber(({ nofollowShare }) => toPercent(nofollowShare, 1, 0));
  if (field === "id") return ofHandle();
  if (field === "url") return ofText(({ main }) => toDisplayUrl(main.url, rules.target ?? "") || null);
  if (field === "page_summary.backlinks_spam_score") return ofRange(({ spamScore }) => spamScore);
  const isCounted = [...BREAKDOWNS.values()].some((map) => field.startsWith(`${map}.`));
  if (isCounted && field.endsWith("%")) return ofShare(field.slice(0, -1), rules);
  const raw = compileFieldReader(field, rules);
  const number = READ[field] ?? ((page: Page) => toNumber(raw(page.raw)));
  if (isCounted || SUMS.has(field)) return ofRange((row) => sumOf(row, number));
  if (OVERLAPS.has(field)) {
    const read = (row: Fold) => overlapOf(row, number);
    return { ...ofRange(read), show: (row) => toOverlapCell(read(row)) };
  }
  if (field === "page_summary.rank") return ofNumber(({ rank }) => rank);
  const type = CATALOGUES.pages.get(field) ?? "any";
  return type === "num" ? ofNumber(({ main }) => number(main)) : ofMain(type, raw);
}

/** Of the links to the row's pages that tell both counts, so that an unknown one does not thin the share out. */
function ofShare(field: string, rules: ItemRules): RowFigure<Fold> {
  const count = compileFieldReader(field, rules);
  return ofNumber(({ members }) => {
    let [part, whole] = [0, 0];
    for (const { raw, referringPages } of members) {
      const links = toNumber(count(raw));
      if (links === null || referringPages === null) continue;
      part += links;
      whole += referringPages;
    }
    return toPercent(part, whole, 1);
  });
}

import type { Fold, Range } from "../answer/fold.ts";
import { isDead, isLive, isRedirect } from "../answer/page-status.ts";
import { type Cell, toDisplayUrl, toRangeCell } from "../answer/table.ts";
import type { Page } from "../snapshot/page.ts";

/** What one list says of a page: the figures of those of its URLs that count, and the URL that it is named after. */
export interface PageState {
  page: Page;
  rank: number | null;
  backlinks: number | null;
  /** {@link backlinks} is the least they can be. */
  atLeast: boolean;
  referringDomains: Range | null;
}

/** As in a row of an answer: backlinks add up, domains overlap, the largest rank counts. */
export function ofPages(page: Page, pages: readonly Page[]): PageState {
  const links = pages.flatMap(({ backlinks }) => backlinks ?? []);
  const ranks = pages.flatMap(({ rank }) => rank ?? []);
  const domains = pages.flatMap(({ referringDomains }) => referringDomains ?? []);
  return {
    page,
    rank: ranks.length === 0 ? null : Math.max(...ranks),
    backlinks: links.length === 0 ? null : sum(links),
    atLeast: links.length > 0 && links.length < pages.length,
    referringDomains:
      domains.length === 0
        ? null
        : { low: Math.max(...domains), high: domains.length < pages.length ? null : sum(domains) },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const ofFold = ({ main, members }: Fold): PageState => ofPages(main, members);

/** How a page answers; null when its status is not known. */
export function answerOf(page: Page): "live" | "redirect" | "dead" | null {
  if (isLive(page)) return "live";
  if (isRedirect(page)) return "redirect";
  return isDead(page) ? "dead" : null;
}

export const backlinksCell = ({ backlinks, atLeast }: PageState): Cell =>
  atLeast && backlinks !== null ? `${backlinks}+` : backlinks;

export const domainsCell = ({ referringDomains }: PageState): Cell => toRangeCell(referringDomains);

/** `404`, `301 to /new` */
export function httpCell({ page }: PageState, target: string): Cell {
  const { status, location } = page;
  return location !== null && isRedirect(page) ? `${status} to ${toDisplayUrl(location, target)}` : status;
}

/** In one list only. */
export const NOWHERE = Symbol("in the other list only");

/**
 * `7>9`; `7` when nothing changed; `7>` and `>9` for a page that is in one list only; `7>?` when one is not known.
 * Null when neither is.
 */
export function toMoveCell(before: Cell | typeof NOWHERE, after: Cell | typeof NOWHERE): Cell {
  if (before === NOWHERE) return after === NOWHERE || after === null ? null : `>${after}`;
  if (after === NOWHERE) return before === null ? null : `${before}>`;
  return before === after ? before : `${before ?? "?"}>${after ?? "?"}`;
}

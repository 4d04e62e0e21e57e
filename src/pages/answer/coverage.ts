import { withDefaults } from "../request/request.ts";
import type { Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** What the order of a list says about the pages behind its end. */
export interface Bound {
  /** The upstream's name of the sorting field. */
  field: string;
  /** `at most` after a descending list, `at least` after an ascending one. */
  side: "at most" | "at least";
  value: number;
  /** The order was the upstream's own, which is observed, not documented. */
  byDefaultOrder: boolean;
}

export interface Coverage {
  backlinksFetched: number;
  /** Fetched pages whose backlinks the upstream did not tell; they are not in the sum. */
  pagesWithoutCount: number;
  /** Matching pages before `offset`. */
  pagesSkipped: number;
  /** Matching pages after the last fetched one; null when the total is not known. */
  pagesNotFetched: number | null;
  bound: Bound | null;
}

/** How much of the target's list a snapshot holds, and what bounds the rest. */
export function measureCoverage(snapshot: Snapshot): Coverage {
  const { pages, totalCount } = snapshot;
  const { offset } = withDefaults(snapshot.request);
  const notFetched = totalCount === null ? null : Math.max(0, totalCount - offset - pages.length);
  return {
    backlinksFetched: pages.reduce((sum, page) => sum + (page.backlinks ?? 0), 0),
    pagesWithoutCount: pages.filter((page) => page.backlinks === null).length,
    pagesSkipped: offset,
    pagesNotFetched: notFetched,
    bound: notFetched === 0 ? null : findBound(snapshot),
  };
}

/** The fields whose values we read as numbers; others give no bound. */
export const BOUNDING_FIELDS: Readonly<Record<string, (page: Page) => number | null>> = {
  "page_summary.rank": (page) => page.rank,
  "page_summary.backlinks": (page) => page.backlinks,
  "page_summary.referring_domains": (page) => page.referringDomains,
  "page_summary.referring_pages": (page) => page.referringPages,
  "page_summary.backlinks_spam_score": (page) => page.spamScore,
};

/** A bound is stated only when the list that came is really in that order. */
function findBound({ request, pages }: Snapshot): Bound | null {
  const rule = request.order_by?.[0] ?? { field: "page_summary.rank", direction: "desc" as const };
  const read = BOUNDING_FIELDS[rule.field];
  if (read === undefined || pages.length < 2) return null;
  const values = pages.map(read);
  const inOrder = values.every((value, index) => {
    const before = values[index - 1];
    if (value === null) return false;
    if (before === undefined || before === null) return true;
    return rule.direction === "desc" ? value <= before : value >= before;
  });
  const last = values.at(-1);
  if (!inOrder || last === undefined || last === null) return null;
  return {
    field: rule.field,
    side: rule.direction === "desc" ? "at most" : "at least",
    value: last,
    byDefaultOrder: request.order_by === undefined,
  };
}

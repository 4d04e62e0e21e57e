import { type Coverage, measureReach } from "../../lists/coverage.ts";
import { type HeaderOptions, type ListFacts, toListFacts } from "../../lists/header.ts";
import { withDefaults } from "../body.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../domain-pages.ts";
import type { Page } from "../page.ts";

/** What is told of a snapshot above its rows: what was asked, what came, what it cost, and how much of the whole it is. */
export interface HeaderFacts extends ListFacts {
  folds: number;
  statusType: string;
  includeSubdomains: boolean;
  excludeInternal: boolean;
  rankScale: string;
  coverage: PagesCoverage;
}

/** @param folds how many rows its pages make */
export function toHeaderFacts(snapshot: PagesSnapshot, folds: number, options: HeaderOptions): HeaderFacts {
  const request = withDefaults(snapshot.request);
  return {
    ...toListFacts(snapshot, DOMAIN_PAGES, options),
    folds,
    statusType: request.backlinks_status_type,
    includeSubdomains: request.include_subdomains,
    excludeInternal: request.exclude_internal_backlinks,
    rankScale: request.rank_scale,
    coverage: measureCoverage(snapshot),
  };
}

export interface PagesCoverage extends Coverage {
  backlinksFetched: number;
  /** Fetched pages whose backlinks the upstream did not tell; they are not in the sum. */
  pagesWithoutCount: number;
}

/** How much of the target's list a snapshot holds, and what bounds the rest. */
export function measureCoverage(snapshot: PagesSnapshot): PagesCoverage {
  const { items: pages } = snapshot;
  return {
    backlinksFetched: pages.reduce((sum, page) => sum + (page.backlinks ?? 0), 0),
    pagesWithoutCount: pages.filter((page) => page.backlinks === null).length,
    ...measureReach(snapshot, BOUNDING),
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

const BOUNDING = {
  endpoint: DOMAIN_PAGES,
  bounding: BOUNDING_FIELDS,
  // Observed, not documented.
  defaultOrder: { field: "page_summary.rank", direction: "desc" },
} as const;

import type { Page } from "../snapshot/page.ts";
import { toOneLine } from "../text.ts";
import { type Fold, isRedirect, type Range } from "./fold.ts";
import { MAX_URL_CHARS, toDisplayUrl } from "./table.ts";

/** One page that a finding speaks of. */
export interface Evidence {
  handle: string;
  /** Null when the page has a row of its own in the answer, which tells its URL. */
  url: string | null;
  backlinks: number;
  /** Null when the upstream did not tell. */
  referringDomains: Range | null;
}

/** A fact worth acting on, by a rule that is printed with it. */
export interface Finding {
  /** What was looked for, with its condition in brackets. */
  rule: string;
  pages: number;
  backlinks: number;
  /** Most backlinks first, at most {@link MAX_EVIDENCE}. */
  top: Evidence[];
}

/** How many pages a finding names; the rest is counted. */
export const MAX_EVIDENCE = 3;

/** What the snapshot shows to act on, most backlinks at stake first; empty when there is nothing. */
export function findFacts(folds: readonly Fold[], target: string): Finding[] {
  const dead = folds.filter((fold) => fold.main.status !== null && fold.main.status >= 400);
  const redirecting = folds.flatMap((fold) => fold.members.filter(isRedirect));
  return [
    toFinding(
      "dead pages with links (http >= 400)",
      dead.map((fold) => foldEvidence(fold, toDisplayUrl(fold.main.url, target))),
    ),
    toFinding(
      "redirects with links (http 3xx)",
      // Whole URLs: a redirect often differs from its target in the scheme alone.
      redirecting.map((page) => pageEvidence(page, toOneLine(page.url, MAX_URL_CHARS))),
    ),
  ]
    .filter((finding) => finding.pages > 0)
    .sort((a, b) => b.backlinks - a.backlinks);
}

function toFinding(rule: string, candidates: Evidence[]): Finding {
  const linked = candidates.filter((each) => each.backlinks > 0).sort((a, b) => b.backlinks - a.backlinks);
  return {
    rule,
    pages: linked.length,
    backlinks: linked.reduce((sum, each) => sum + each.backlinks, 0),
    top: linked.slice(0, MAX_EVIDENCE),
  };
}

const foldEvidence = ({ main, backlinks, referringDomains }: Fold, url: string): Evidence => ({
  handle: main.handle,
  url,
  backlinks: backlinks ?? 0,
  referringDomains,
});

const pageEvidence = ({ handle, backlinks, referringDomains }: Page, url: string): Evidence => ({
  handle,
  url,
  backlinks: backlinks ?? 0,
  referringDomains: referringDomains === null ? null : { low: referringDomains, high: referringDomains },
});

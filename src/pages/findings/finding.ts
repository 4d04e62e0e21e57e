import { MAX_URL_CHARS, type Range, toTellable } from "../../lists/cells.ts";
import { countOf, formatCount, toOneLine } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { isRedirect } from "../answer/follow-redirects.ts";
import { toDisplayUrl } from "../answer/table.ts";
import type { Page } from "../page.ts";

/** One page that a finding speaks of. */
export interface Evidence {
  handle: string;
  /** Null when the page has a row of its own in the answer, which tells its URL. */
  url: string | null;
  /** What there is to say of it under the finding's rule: `1,070 from 38 domains`. Our words and checked figures. */
  says: string;
}

/** A fact worth acting on, by a rule that is printed with it. */
export interface Finding {
  /** In a word or two: what it is called where there is no room for it. */
  name: string;
  /** What was looked for, with its condition in brackets. */
  rule: string;
  /** How many match, named or not; at least 1. */
  pages: number;
  /** What {@link pages} counts: pages as rows do, or URLs, folded or not. */
  unit: "page" | "URL";
  /** What these pages hold, as far as it is known; above 0. */
  backlinks: number;
  /** Most backlinks first, at most {@link MAX_EVIDENCE}. */
  top: Evidence[];
  /** Of all of them, in the same order; answers name the first alone. */
  handles: string[];
}

/** How many pages a finding names; the rest is counted. */
export const MAX_EVIDENCE = 3;

/**
 * The fewest referring pages of which a share says something: one page more or less among 20 moves it by 5 points.
 * Rules that speak of a share print it as `20+`.
 */
export const MIN_REFERRING_PAGES = 20;

/** What every rule works on. */
export interface List {
  target: string;
  /** ms since the epoch: what is dated later than this is of unknown date. `Infinity` where nothing tells. */
  until: number;
  folds: readonly Fold[];
  /** Those with {@link MIN_REFERRING_PAGES}: of the others, most of a long list, no share is worth reading. */
  large: readonly Fold[];
  /** Every redirecting URL of them. */
  redirects: readonly Page[];
}

export function toList(folds: readonly Fold[], target: string, until = Number.POSITIVE_INFINITY): List {
  const large: Fold[] = [];
  const redirects: Page[] = [];
  for (const fold of folds) {
    if (sumReferringPages(fold) >= MIN_REFERRING_PAGES) large.push(fold);
    for (const page of fold.members) if (isRedirect(page)) redirects.push(page);
  }
  return { target, until, folds, large, redirects };
}

/** Over the variants that tell theirs. */
export function sumReferringPages({ members }: Fold): number {
  let sum = 0;
  for (const { referringPages } of members) sum += referringPages ?? 0;
  return sum;
}

/** One kind of finding; null when there is nothing to say. */
export type Rule = (list: List) => Finding | null;

/** A page that matches a rule. What is said of it is only worked out if it is named. */
export interface Candidate {
  page: Page;
  /** 0 when unknown: there is nothing to put at stake then. */
  backlinks: number;
  /** To which its URL is told, as in the table; null for one URL variant, whose scheme and host tell it apart. */
  target: string | null;
  says: () => string;
}

/** Those folds that hold links and of which a rule has something to say. A loop: every rule goes over every row. */
export function pickFolds(
  folds: readonly Fold[],
  target: string,
  judge: (fold: Fold) => (() => string) | null,
): Candidate[] {
  const picked: Candidate[] = [];
  for (const fold of folds) {
    const says = (fold.backlinks ?? 0) > 0 ? judge(fold) : null;
    if (says !== null) picked.push({ page: fold.main, backlinks: fold.backlinks ?? 0, target, says });
  }
  return picked;
}

/** A candidate that is one URL variant. */
export function ofPage(page: Page, says: () => string): Candidate {
  return { page, backlinks: page.backlinks ?? 0, target: null, says };
}

/** Pages without links, or whose links are unknown, have nothing at stake and are passed over. */
export function toFinding(
  name: string,
  rule: string,
  candidates: readonly Candidate[],
  unit: Finding["unit"] = "page",
): Finding | null {
  const linked = candidates.filter(({ backlinks }) => backlinks > 0).sort((a, b) => b.backlinks - a.backlinks);
  if (linked.length === 0) return null;
  return {
    name,
    rule,
    pages: linked.length,
    unit,
    backlinks: linked.reduce((sum, { backlinks }) => sum + backlinks, 0),
    top: linked.slice(0, MAX_EVIDENCE).map(({ page, target, says }) => ({
      handle: page.handle,
      url: target === null ? toOneLine(page.url, MAX_URL_CHARS) : toDisplayUrl(page.url, target),
      says: says(),
    })),
    handles: linked.map(({ page }) => page.handle),
  };
}

/** What every rule with a share leaves out of its brackets, said once for all of them. */
export const SHARE_NOTE = `% of ${MIN_REFERRING_PAGES}+ referring pages`;

export const needsNote = (findings: readonly Finding[]): boolean => findings.some(({ rule }) => rule.includes("%"));

/** `rule: 3 pages, 1,410 backlinks; p2 1,070 from 38 domains; 2 more` */
export function describeFinding({ rule, pages, unit, backlinks, top }: Finding): string {
  const rest = pages - top.length;
  return [
    `${rule}: ${countOf(pages, unit)}, ${countOf(backlinks, "backlink")}`,
    ...top.map(describeEvidence),
    ...(rest > 0 ? [`${formatCount(rest)} more`] : []),
  ].join("; ");
}

/** `redirects 12`: all that is told of a finding which is left out. */
export const nameFinding = ({ name, pages }: Finding): string => `${name} ${formatCount(pages)}`;

/** `p2 1,070 from 38 domains`, with the URL after the handle where no row tells it. The same in both renderings. */
export function describeEvidence({ handle, url, says }: Evidence): string {
  return url === null ? `${handle} ${says}` : `${handle} ${quoteUrl(url)} ${says}`;
}

/** Quoted, and without the mark that parts one page from the next in a line of findings. */
export const quoteUrl = (url: string): string => JSON.stringify(url.replaceAll("; ", ";%20"));

/** `1,070 from 38 domains`, `12+ from 6-9 domains`, `5` */
export function describeLinks({
  backlinks,
  backlinksAtLeast,
  referringDomains,
}: Pick<Fold, "backlinks" | "backlinksAtLeast" | "referringDomains">): string {
  const count = `${formatCount(backlinks ?? 0)}${backlinksAtLeast ? "+" : ""}`;
  if (referringDomains === null) return count;
  return `${count} from ${formatRange(referringDomains)} domain${referringDomains.high === 1 ? "" : "s"}`;
}

/** The same for one URL variant. */
export function describePageLinks({ backlinks, referringDomains }: Page): string {
  const domains = referringDomains === null ? null : { low: referringDomains, high: referringDomains };
  return describeLinks({ backlinks, backlinksAtLeast: false, referringDomains: domains });
}

function formatRange(range: Range): string {
  const { low, high } = toTellable(range);
  if (high === null) return `${formatCount(low)}+`;
  return low === high ? formatCount(low) : `${formatCount(low)}-${formatCount(high)}`;
}

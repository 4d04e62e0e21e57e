import type { Fold } from "../answer/fold.ts";
import { chainRedirects, isLive, MAX_HOPS } from "../answer/follow-redirects.ts";
import { toDisplayUrl } from "../answer/table.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import { type DeadKind, deadKindOf, type Page } from "../page.ts";
import {
  type Candidate,
  describeLinks,
  describePageLinks,
  type Finding,
  type List,
  ofPage,
  pickFolds,
  quoteUrl,
  toFinding,
} from "./finding.ts";
import { createSuggest } from "./similar-page.ts";
import { countShare, describeShare, MOST } from "./skew.ts";

/**
 * Links that can be won back: whoever follows them finds that the page is gone. Its living twin is where they are to
 * lead; else a live page much alike is suggested.
 */
export function findGone(list: List): Finding | null {
  const suggest = createSuggest(() => list.folds.filter(({ main }) => isLive(main)).map(({ main }) => main));
  const says = (fold: Fold): string => {
    const like = fold.livingTwin === null ? suggest(fold.main) : null;
    const links = describeDead(fold);
    return like === null ? links : `${links}, like ${like.handle} (${like.score.toFixed(2)}, suggestion)`;
  };
  return toFinding("gone", "dead pages with links, gone (http 404, 410)", pickDead(list, "gone", says));
}

/** A server that failed when it was asked: what links there hold may be back tomorrow, or need a repair. */
export const findTrouble = (list: List): Finding | null =>
  toFinding("trouble", "dead pages with links, in trouble (http 5xx)", pickDead(list, "trouble", describeDead));

/** It answers, but not to a crawler: behind a log-in, or closed to robots. Whether visitors arrive is to be looked at. */
export const findRefused = (list: List): Finding | null =>
  toFinding(
    "refused",
    "dead pages with links, refused to the crawler (other http >= 400)",
    pickDead(list, "refused", describeDead),
  );

const pickDead = ({ folds, target }: List, kind: DeadKind, says: (fold: Fold) => string): Candidate[] =>
  pickFolds(folds, target, (fold) => (deadKindOf(fold.main.status) === kind ? () => says(fold) : null));

/** `1,070 from 38 domains, -> p3 (living twin)` */
function describeDead(fold: Fold): string {
  const twin = fold.livingTwin === null ? "" : `, -> ${fold.livingTwin.handle} (living twin)`;
  return `${describeLinks(fold)}${twin}`;
}

/** Links to an address that moved to one that is dead: they are lost as those to the dead page itself are. */
export function findDeadEnds({ folds }: List): Finding | null {
  return toFinding(
    "redirects to dead",
    "redirects that end on a dead page (3xx to a fetched 4xx or 5xx)",
    folds
      .filter(({ deadEnd }) => deadEnd !== null)
      .flatMap(({ deadEnd, members }) =>
        members.map((page) =>
          ofPage(page, () => `${describePageLinks(page)}, to ${deadEnd?.handle} (http ${deadEnd?.status})`),
        ),
      ),
    "URL",
  );
}

/** Links that still point at an address that moved. */
export function findRedirects({ redirects }: List): Finding | null {
  return toFinding(
    "redirects",
    "redirects with links (http 3xx)",
    redirects.map((page) => ofPage(page, () => describePageLinks(page))),
    "URL",
  );
}

/** Redirects that lead to another fetched redirect: every hop costs time, and crawlers give up on long ones. */
export function findRedirectChains({ redirects }: List): Finding | null {
  const next = chainRedirects(redirects);
  return toFinding(
    "redirect chains",
    "redirect chains (3xx to a fetched 3xx)",
    redirects
      .filter((page) => next(page) !== undefined)
      .map((page) => ofPage(page, () => `${describePageLinks(page)}, ${describeWay(page, next)}`)),
    "URL",
  );
}

/** Links that are redirects themselves, mostly from domains that were bought or moved. */
export function findRedirectLinks(list: List): Finding | null {
  return toFinding(
    "redirecting links",
    `links mostly redirects (> ${MOST * 100}%)`,
    pickFolds(list.large, list.target, (fold) => {
      const share = countShare(fold, "referring_links_types", ["redirect"], MOST);
      return share === null ? null : () => describeShare(share);
    }),
  );
}

/** A chain this long is told apart from a longer one by its count only. */
const MAX_HOPS_NAMED = 3;

/** `via p7, p9`, `loop via p7`, `loop on itself`: the redirects behind the first, up to where it leaves the list. */
function describeWay(start: Page, next: (page: Page) => Page | undefined): string {
  const way: Page[] = [];
  let page = next(start);
  while (page !== undefined && page !== start && !way.includes(page) && way.length < MAX_HOPS) {
    way.push(page);
    page = next(page);
  }
  if (way.length === 0) return "loop on itself";
  const isLoop = page !== undefined && (page === start || way.includes(page));
  const named = way.slice(0, MAX_HOPS_NAMED).map(({ handle }) => handle);
  const rest = way.length > named.length ? [`${way.length - named.length} more`] : [];
  return `${isLoop ? "loop " : ""}via ${[...named, ...rest].join(", ")}`;
}

/** Pages that name another one as the real one. A hint of their own, which search engines may not take. */
export function findCanonicalElsewhere(list: List): Finding | null {
  return toFinding(
    "canonical elsewhere",
    "canonical elsewhere (meta.canonical names another page; a hint, not folded)",
    pickFolds(list.folds, list.target, (fold) => {
      const canonical = fold.canonicalElsewhere;
      return canonical === null ? null : () => `${describeLinks(fold)}, to ${nameOf(canonical, fold, list)}`;
    }),
  );
}

/** The handle of the row that it is, if it was fetched under this very URL. */
function nameOf(canonical: string, { identity: page }: Fold, { folds, target }: List): string {
  for (const { main, members } of folds) for (const { url } of members) if (url === canonical) return main.handle;
  const identity = identifyUrl(canonical, page);
  return quoteUrl(
    toDisplayUrl(identity === undefined ? canonical : `https://${identity.host}${identity.path}`, target),
  );
}

import type { Fold } from "../answer/fold.ts";
import { isDead, isLive, isRedirect, MAX_HOPS, toAbsolute } from "../answer/follow-redirects.ts";
import { toDisplayUrl } from "../answer/table.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { Page } from "../page.ts";
import {
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

/** Links that can be won back: whoever follows them meets an error. A live page much alike is suggested as target. */
export function findDeadPages(list: List): Finding | null {
  const suggest = createSuggest(list.folds.filter(({ main }) => isLive(main)).map(({ main }) => main));
  const says = (fold: Fold): string => {
    const like = suggest(fold.main);
    const links = describeLinks(fold);
    return like === null ? links : `${links}, like ${like.handle} (${like.score.toFixed(2)}, suggestion)`;
  };
  return toFinding(
    "dead pages with links (http >= 400)",
    pickFolds(list.folds, list.target, (fold) => (isDead(fold.main) ? () => says(fold) : null)),
  );
}

/** Links that still point at an address that moved. */
export function findRedirects({ folds }: List): Finding | null {
  return toFinding(
    "redirects with links (http 3xx)",
    gatherRedirects(folds).map((page) => ofPage(page, () => describePageLinks(page))),
  );
}

/** Redirects that lead to another fetched redirect: every hop costs time, and crawlers give up on long ones. */
export function findRedirectChains({ folds }: List): Finding | null {
  const redirects = gatherRedirects(folds);
  const byUrl = new Map(redirects.map((page) => [toAbsolute(page.url), page]));
  const next = ({ url, location }: Page): Page | undefined =>
    location === null ? undefined : byUrl.get(toAbsolute(location, url));
  return toFinding(
    "redirect chains (3xx to a fetched 3xx)",
    redirects
      .filter((page) => next(page) !== undefined)
      .map((page) => ofPage(page, () => `${describePageLinks(page)}, ${describeWay(page, next)}`)),
  );
}

/** Links that are redirects themselves, mostly from domains that were bought or moved. */
export function findRedirectLinks(list: List): Finding | null {
  return toFinding(
    `links mostly redirects (> ${MOST * 100}%)`,
    pickFolds(list.large, list.target, (fold) => {
      const share = countShare(fold, "referring_links_types", ["redirect"], MOST);
      return share === null ? null : () => describeShare(share);
    }),
  );
}

function gatherRedirects(folds: List["folds"]): Page[] {
  const redirects: Page[] = [];
  for (const { members } of folds) for (const page of members) if (isRedirect(page)) redirects.push(page);
  return redirects;
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
    "canonical elsewhere (meta.canonical names another page; a hint, not folded)",
    pickFolds(list.folds, list.target, (fold) => {
      const canonical = fold.canonicalElsewhere;
      return canonical === null ? null : () => `${describeLinks(fold)}, to ${nameOf(canonical, fold, list)}`;
    }),
  );
}

/** The handle of the row that it is, if it was fetched under this very URL. */
function nameOf(canonical: string, { identity: page }: Fold, { folds, target }: List): string {
  const fetched = folds.find(({ members }) => members.some(({ url }) => url === canonical));
  if (fetched !== undefined) return fetched.main.handle;
  const identity = identifyUrl(canonical, page);
  return quoteUrl(
    toDisplayUrl(identity === undefined ? canonical : `https://${identity.host}${identity.path}`, target),
  );
}

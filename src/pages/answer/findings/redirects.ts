import type { Page } from "../../snapshot/page.ts";
import { isRedirect } from "../page-status.ts";
import { MAX_HOPS } from "../redirects.ts";
import { countShare, describeShare, MOST } from "./breakdown.ts";
import { describePageLinks, type Finding, type List, ofPage, pickFolds, toFinding } from "./finding.ts";

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

/** What `new URL` gives back as it got it; that is slow, and most URLs are plain. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+\/[\w\-.~/?=&]*$/;

/** Scheme and `www.` count here: from the one to the other is a hop. */
function toAbsolute(url: string, base?: string): string {
  if (PLAIN_URL.test(url) && !url.includes("/.")) return url;
  if (!URL.canParse(url, base)) return url;
  const absolute = new URL(url, base);
  absolute.hash = "";
  return absolute.href;
}

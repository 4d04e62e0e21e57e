import { type Fold, foldPages } from "../answer/fold.ts";
import { isDead, isLive, isRedirect, MAX_HOPS } from "../answer/follow-redirects.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import { createSuggest } from "../findings/similar-page.ts";
import type { Page } from "../page.ts";
import type { Snapshot } from "../snapshot.ts";

/**
 * A web address in characters that stand for nothing but themselves in every configuration we write: letters, digits,
 * `-._~!()+,;:@&=/`, whole percent-codes, and one `?`. No quote, space, line break, `$`, `#`, backslash, bracket or
 * brace can be in it.
 */
export interface SafeUrl {
  protocol: "http" | "https";
  /** Lower case, internationalised names in their ASCII form, `www.` kept. */
  host: string;
  /** Begins with `/`. */
  path: string;
  /** With its `?`; empty when there is none. */
  query: string;
  /** Spelt as browsers send it: nothing had to be encoded beyond what they encode themselves. */
  isAsSent: boolean;
}

/** Longer than any page's address; a parameter of an nginx configuration ends at 4,096 bytes. */
const MAX_CHARS = 2000;

const HOST = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/;
const UNSAFE = /[^\w\-.~!()+,;:@&=/%]|%(?![0-9a-f]{2})/gi;

/**
 * Reads an address as browsers do, and encodes what they leave raw.
 * @param base where a relative redirect location stands
 * @returns undefined for what is no http(s) address, has a port of its own, or is endless
 */
export function toSafeUrl(url: string, base?: string): SafeUrl | undefined {
  if (url.length > MAX_CHARS || !URL.canParse(url, base)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(url, base);
  if ((protocol !== "https:" && protocol !== "http:") || port !== "" || !HOST.test(hostname)) return undefined;
  const path = encode(pathname);
  const query = search === "" ? "" : `?${encode(search.slice(1))}`;
  if (path.length + query.length > MAX_CHARS) return undefined;
  const isAsSent = path === pathname && query === search;
  return { protocol: protocol === "https:" ? "https" : "http", host: hostname, path, query, isAsSent };
}

const encode = (text: string): string =>
  // The parser has left ASCII only.
  text.replace(UNSAFE, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

export const toHref = ({ protocol, host, path, query }: SafeUrl): string => `${protocol}://${host}${path}${query}`;

/** Without `www.`: one site answers under both. */
export const bareHost = (host: string): string => host.replace(/^www\.(?=.*\.)/, "");

/** The target itself, or a subdomain of it. */
export function isOwnHost(host: string, target: string): boolean {
  const bare = bareHost(host);
  return bare === target || bare.endsWith(`.${target}`);
}

/** One address whose links are lost on the way, and where they could lead. */
export interface Reclaim {
  /** The URL variant that holds the links. */
  page: Page;
  /**
   * `dead`: it answers with an error; `dead_end`: it redirects to a fetched page that does; `chain`: visitors take more
   * than one redirect to arrive.
   */
  kind: "dead" | "dead_end" | "chain";
  /** What it counts as: several variants of one dead page share its handle. */
  of: string;
  /** What visitors of a dead page get in the end; null for a chain. */
  deadStatus: number | null;
  /** Where to send visitors; null when there is no such place. */
  to: { url: string; handle: string | null } | null;
  /** Why there, or why nowhere: our words. */
  why: string;
  /** How alike the two addresses are, 0 to 1; null where likeness was not what chose the target. */
  score: number | null;
}

export interface ReclaimList {
  /** Most backlinks first. */
  reclaims: Reclaim[];
  /** Dead pages with links, URL variants counted once: as in the finding of an answer. */
  deadPages: number;
  /** Redirects with links whose visitors end on a dead page. */
  deadEnds: number;
  /** Redirect chains with links. */
  chains: number;
}

/** The links of a snapshot that can be won back by a redirect. Pages without known links are passed over. */
export function listReclaims({ pages, request }: Snapshot): ReclaimList {
  const folds = foldPages(pages);
  const deadFolds = folds.filter(({ main, backlinks }) => isDead(main) && (backlinks ?? 0) > 0);
  const choose = createChooseTarget(folds, request.target);
  const dead = deadFolds.flatMap((fold) => toDeadReclaims(fold, choose));
  const ending = toDeadEnds(folds, choose);
  const isDeadEnd = new Set(ending.map(({ page }) => page));
  const byKey = toMainPages(folds);
  const chains = findChains(pages)
    .filter(({ page }) => hasLinks(page) && !isDeadEnd.has(page))
    .map(({ page, end }): Reclaim => {
      const common = { page, kind: "chain", of: page.handle, deadStatus: null, score: null } as const;
      if (end === null) return { ...common, to: null, why: "redirects without an end" };
      const handle = byKey.get(identifyUrl(end)?.key ?? "")?.handle ?? null;
      return { ...common, to: { url: end, handle }, why: "end of its redirect chain" };
    });
  const reclaims = [...dead, ...ending, ...chains].sort((a, b) => (b.page.backlinks ?? 0) - (a.page.backlinks ?? 0));
  return { reclaims, deadPages: deadFolds.length, deadEnds: ending.length, chains: chains.length };
}

const hasLinks = ({ backlinks }: Page): boolean => (backlinks ?? 0) > 0;

type ChooseTarget = ReturnType<typeof createChooseTarget>;

/** One for each variant that holds links. */
function toDeadReclaims(fold: Fold, choose: ChooseTarget): Reclaim[] {
  const found = toWhere(choose(fold));
  return fold.members.filter(hasLinks).map((page) => ({
    page,
    kind: "dead",
    of: fold.main.handle,
    deadStatus: page.status,
    ...found,
  }));
}

/** One for each redirect with links that ends on a dead page; it is to lead where that page's own visitors are to go. */
function toDeadEnds(folds: readonly Fold[], choose: ChooseTarget): Reclaim[] {
  const byPage = new Map(folds.flatMap((fold) => fold.members.map((page) => [page, fold] as const)));
  return folds.flatMap(({ deadEnd, members }) => {
    const end = deadEnd === null ? undefined : byPage.get(deadEnd);
    if (end === undefined) return [];
    const found = toWhere(choose(end));
    return members.filter(hasLinks).map((page): Reclaim => {
      return { page, kind: "dead_end", of: page.handle, deadStatus: end.main.status, ...found };
    });
  });
}

const toWhere = (target: ReclaimTarget | null): Pick<Reclaim, "to" | "why" | "score"> =>
  target === null
    ? { to: null, why: "no live page to point to", score: null }
    : { to: { url: target.url, handle: target.handle }, why: target.why, score: target.score };

function toMainPages(folds: readonly Fold[]): ReadonlyMap<string, Page> {
  return new Map(
    folds.flatMap(({ main, identity }) => (identity === undefined ? [] : [[identity.key, main] as const])),
  );
}

/** Where the visitors of a dead page could be sent. */
export interface ReclaimTarget {
  url: string;
  /** Null for an address that was not fetched. */
  handle: string | null;
  /** Why this one, in our words: `same page, other spelling`, `similar page`, `its section`, `home page`. */
  why: string;
  /** How alike the two addresses are, 0 to 1; null where likeness was not what chose it. */
  score: number | null;
}

/**
 * Chooses a target for a dead page: its living twin; the live page that is much alike, as the finding suggests it; else the nearest
 * folder above it that is a live page; else the home page.
 * @returns null when none of them is there, such as under a home page that is dead itself
 */
export function createChooseTarget(folds: readonly Fold[], target: string): (dead: Fold) => ReclaimTarget | null {
  const isOwn = ({ url }: Page): boolean => {
    const safe = toSafeUrl(url);
    return safe !== undefined && isOwnHost(safe.host, target);
  };
  const live = folds.filter(({ main }) => isLive(main) && isOwn(main));
  const byHandle = new Map(live.map(({ main }) => [main.handle, main]));
  const suggest = createSuggest(live.map(({ main }) => main));
  const places = { live: toPlaces(live), fetched: toPlaces(folds) };
  return (dead) => {
    if (dead.livingTwin !== null && isOwn(dead.livingTwin))
      return toTarget(dead.livingTwin, "same page, other spelling");
    const like = suggest(dead.main);
    const similar = like === null ? undefined : byHandle.get(like.handle);
    if (like !== null && similar !== undefined) return { ...toTarget(similar, "similar page"), score: like.score };
    if (dead.identity === undefined) return null;
    const section = findSection(dead.identity, places.live);
    return section === undefined ? findHome(dead.identity.host, target, places) : toTarget(section, "its section");
  };
}

const toTarget = ({ url, handle }: Page, why: string): ReclaimTarget => ({ url, handle, why, score: null });

/** The page that visitors of an address end on, by the address's key. */
type Places = ReadonlyMap<string, Page>;

function toPlaces(folds: readonly Fold[]): Places {
  const places = new Map<string, Page>();
  for (const { main, members } of folds) {
    for (const { url } of members) {
      const key = identifyUrl(url)?.key;
      if (key !== undefined && !places.has(key)) places.set(key, main);
    }
  }
  return places;
}

/** A path this deep is no filing system; it bounds the work on a hostile one. */
const MAX_DEPTH = 20;

function findSection({ host, path }: { host: string; path: string }, live: Places): Page | undefined {
  const segments = (path.split("?", 1)[0] ?? "").split("/").filter((segment) => segment !== "");
  for (let depth = Math.min(segments.length - 1, MAX_DEPTH); depth > 0; depth -= 1) {
    const page = live.get(`${host}/${segments.slice(0, depth).join("/")}`);
    if (page !== undefined) return page;
  }
  return undefined;
}

/** That of the page's own host before that of the target. One that was not fetched is taken to be there. */
function findHome(host: string, target: string, places: { live: Places; fetched: Places }): ReclaimTarget | null {
  const home = places.live.get(host) ?? places.live.get(target);
  if (home !== undefined) return toTarget(home, "home page");
  if (places.fetched.has(host)) return null;
  return { url: `https://${host}/`, handle: null, why: "home page (not fetched)", score: null };
}

/** A redirect that leads to another fetched redirect, and where the last of them leads. */
export interface Chain {
  page: Page;
  /** Absolute; null when the way is a loop, or its end is not known. */
  end: string | null;
}

/** All chains among the fetched pages, in fetched order. */
export function findChains(pages: readonly Page[]): Chain[] {
  const redirects = pages.filter(isRedirect);
  const byUrl = new Map<string, Page>();
  for (const page of redirects) {
    const url = toAbsolute(page.url);
    if (url !== null) byUrl.set(url, page);
  }
  return redirects.flatMap((page) => {
    const next = nextOf(page, byUrl);
    return next === undefined ? [] : [{ page, end: findEnd(page, next, byUrl) }];
  });
}

type ByUrl = ReadonlyMap<string, Page>;

const nextOf = ({ url, location }: Page, byUrl: ByUrl): Page | undefined =>
  location === null ? undefined : byUrl.get(toAbsolute(location, url) ?? "");

function findEnd(start: Page, second: Page, byUrl: ByUrl): string | null {
  const seen = new Set([start]);
  let last = second;
  let next = nextOf(last, byUrl);
  while (next !== undefined && !seen.has(last) && seen.size <= MAX_HOPS) {
    seen.add(last);
    last = next;
    next = nextOf(last, byUrl);
  }
  return next !== undefined || last.location === null ? null : toAbsolute(last.location, last.url);
}

/** Scheme and `www.` count here: from the one to the other is a hop. Null for what no browser could follow. */
function toAbsolute(url: string, base?: string): string | null {
  if (!URL.canParse(url, base)) return null;
  const absolute = new URL(url, base);
  absolute.hash = "";
  return absolute.href;
}

/** What a redirect is written for; without a query it is for the path with whatever query. */
export type Address = Pick<SafeUrl, "host" | "path" | "query">;

/** Addresses as a redirect would catch them: scheme and `www.` do not matter. */
export interface AddressSet {
  /** What is no safe address is passed over. */
  add(url: string): void;
  /** Whether a redirect for this address would catch one of the set. */
  has(address: Address): boolean;
}

export function createAddressSet(urls: readonly string[], isCaseBlind: boolean): AddressSet {
  const paths = new Set<string>();
  const exact = new Set<string>();
  const toKey = (text: string) => (isCaseBlind ? text.toLowerCase() : text);
  const add = (url: string) => {
    const safe = toSafeUrl(url);
    if (safe === undefined) return;
    const path = bareHost(safe.host) + safe.path;
    paths.add(toKey(path));
    exact.add(toKey(path + safe.query));
  };
  for (const url of urls) add(url);
  return {
    add,
    has: ({ host, path, query }) =>
      query === "" ? paths.has(toKey(host + path)) : exact.has(toKey(host + path + query)),
  };
}

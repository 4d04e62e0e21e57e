import { readUrl } from "../../read-url.ts";
import { type Fold, foldPages } from "../answer/fold.ts";
import { chainRedirects, isDead, isLive, isRedirect, MAX_HOPS, toAbsolute } from "../answer/follow-redirects.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { createSuggest } from "../findings/similar-page.ts";
import { deadKindOf, type Page } from "../page.ts";

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
  const read = url.length > MAX_CHARS ? undefined : readUrl(url, base);
  if (read === undefined) return undefined;
  const { protocol, hostname, port, pathname, search } = read;
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

/**
 * What to do about an address whose links are lost on the way. *redirect*: its target is certain, and maps hold a rule
 * for it. *review*: gone, and a person has to say where it leads, or that it leads nowhere. *repair*: the page refuses or
 * fails, and may be back tomorrow; a redirect would hide it.
 */
export type Verdict = "redirect" | "review" | "repair";

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
  verdict: Verdict;
  /** Where to send visitors, or what a person could look at first; null when there is no such place. */
  to: { url: string; handle: string | null } | null;
  /** Why there, or why nowhere: our words. */
  why: string;
  /** How alike the two addresses are, 0 to 1; null where likeness was not what chose the target. */
  score: number | null;
}

export interface ReclaimList {
  /** Most backlinks first. */
  reclaims: Reclaim[];
  /** Gone pages with links, URL variants counted once. */
  gonePages: number;
  /** Pages with links that refuse or fail, likewise. */
  refusedPages: number;
  troublePages: number;
  /** Redirects with links whose visitors end on a dead page. */
  deadEnds: number;
  /** Redirect chains with links, and how many of them end on a dead page, so that they are {@link deadEnds} too. */
  chains: number;
  deadChains: number;
}

/** The links of a snapshot that can be won back. Pages without known links are passed over. */
export function listReclaims({ items: pages, request }: PagesSnapshot): ReclaimList {
  const folds = foldPages(pages);
  const deadFolds = folds.filter(({ main, backlinks }) => isDead(main) && (backlinks ?? 0) > 0);
  const countKind = (kind: string) => deadFolds.filter(({ main }) => deadKindOf(main.status) === kind).length;
  const ways = findWays(pages);
  const choose = createChooseTarget(folds, request.target);
  const dead = deadFolds.flatMap((fold) => toDeadReclaims(fold, choose));
  const ending = toDeadEnds(folds, choose, ways);
  const isDeadEnd = new Set(ending.map(({ page }) => page));
  const byKey = toMainPages(folds);
  const allChains = [...ways.values()].filter(({ page, hops }) => hops > 1 && hasLinks(page));
  const chains = allChains.filter(({ page }) => !isDeadEnd.has(page));
  const reclaims = [...dead, ...ending, ...chains.map((way) => toChainReclaim(way, byKey, request.target))];
  return {
    reclaims: reclaims.sort((a, b) => (b.page.backlinks ?? 0) - (a.page.backlinks ?? 0)),
    gonePages: countKind("gone"),
    refusedPages: countKind("refused"),
    troublePages: countKind("trouble"),
    deadEnds: ending.length,
    chains: allChains.length,
    deadChains: allChains.length - chains.length,
  };
}

const hasLinks = ({ backlinks }: Page): boolean => (backlinks ?? 0) > 0;

/** One for each variant that holds links. */
function toDeadReclaims(fold: Fold, choose: (dead: Fold) => Choice): Reclaim[] {
  const choice = choose(fold);
  return fold.members.filter(hasLinks).map((page) => ({ page, kind: "dead", of: fold.main.handle, ...choice }));
}

/** One for each redirect with links that ends on a dead page; it is to lead where that page's own visitors are to go. */
function toDeadEnds(folds: readonly Fold[], choose: (dead: Fold) => Choice, ways: Ways): Reclaim[] {
  const byPage = new Map(folds.flatMap((fold) => fold.members.map((page) => [page, fold] as const)));
  return folds.flatMap(({ deadEnd, members }) => {
    const end = deadEnd === null ? undefined : byPage.get(deadEnd);
    if (end === undefined) return [];
    const choice = choose(end);
    return members.filter(hasLinks).map((page): Reclaim => {
      const isGate = choice.verdict === "redirect" && ways.get(page)?.isTemporary === true;
      const gate: Partial<Choice> = isGate ? { verdict: "review", why: TEMPORARY } : {};
      return { page, kind: "dead_end", of: page.handle, ...choice, ...gate };
    });
  });
}

const TEMPORARY = "temporary redirect on the way (neither http 301 nor 308)";

/** Where a person has to prove who they are: such a way leads elsewhere for others. */
const LOG_IN = /\/(?:log[-_]?in|sign[-_]?in|log[-_]?on|auth|oauth2?|sso|wp-login)(?![a-z0-9])/i;

function toChainReclaim({ page, end, isTemporary }: Way, byKey: ReadonlyMap<string, Page>, target: string): Reclaim {
  const common = { page, kind: "chain", of: page.handle, score: null } as const;
  if (end === null) return { ...common, verdict: "review", to: null, why: "redirects without an end" };
  const to = { url: end, handle: byKey.get(identifyUrl(end)?.key ?? "")?.handle ?? null };
  const host = toSafeUrl(end)?.host;
  const refusal = isTemporary
    ? TEMPORARY
    : LOG_IN.test(end)
      ? "leads to a log-in"
      : host !== undefined && !isOwnHost(host, target)
        ? "leads to another site"
        : null;
  if (refusal !== null) return { ...common, verdict: "review", to, why: refusal };
  return { ...common, verdict: "redirect", to, why: "end of its redirect chain" };
}

function toMainPages(folds: readonly Fold[]): ReadonlyMap<string, Page> {
  return new Map(
    folds.flatMap(({ main, identity }) => (identity === undefined ? [] : [[identity.key, main] as const])),
  );
}

const REPAIR = { refused: "refuses crawlers", trouble: "in trouble" } as const;

/** What is to be done about a dead page. */
type Choice = Pick<Reclaim, "verdict" | "to" | "why" | "score">;

/**
 * Chooses a target for a page that is gone: its living twin; else the live page that is the same one elsewhere. What is
 * only like it, and the nearest folder above it that is a live page, are for a person to look at. The home page is
 * suggested to nobody: search engines take such redirects for errors (developers.google.com, site moves with URL changes).
 */
function createChooseTarget(folds: readonly Fold[], target: string): (dead: Fold) => Choice {
  const isOwn = ({ url }: Page): boolean => {
    const safe = toSafeUrl(url);
    return safe !== undefined && isOwnHost(safe.host, target);
  };
  const live = folds.filter(({ main }) => isLive(main) && isOwn(main));
  const byHandle = new Map(live.map(({ main }) => [main.handle, main]));
  const suggest = createSuggest(() => live.map(({ main }) => main));
  const places = toPlaces(live);
  const chooseLike = (dead: Page): Choice | null => {
    const like = suggest(dead);
    const to = like === null ? undefined : byHandle.get(like.handle);
    if (like === null || to === undefined) return null;
    return like.isCertain
      ? { verdict: "redirect", to, why: "similar page", score: like.score }
      : { verdict: "review", to, why: "similar page, not certain", score: like.score };
  };
  return ({ main, identity, livingTwin: twin }) => {
    const kind = deadKindOf(main.status);
    if (kind !== "gone") return { verdict: "repair", to: null, why: REPAIR[kind ?? "refused"], score: null };
    if (twin !== null && isOwn(twin)) {
      return { verdict: "redirect", to: twin, why: "same page, other spelling", score: null };
    }
    const section = identity === undefined ? undefined : findSection(identity, places);
    const why = section === undefined ? "no live page is like it" : "its section";
    return chooseLike(main) ?? { verdict: "review", to: section ?? null, why, score: null };
  };
}

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

/** The way that visitors of a redirect go, as far as it was fetched. */
interface Way {
  page: Page;
  /** Redirects on it, the first among them. */
  hops: number;
  /** Absolute; null when the way is a loop, or its end is not known. */
  end: string | null;
  /** One of them is for this time or for this visitor only: 302, 303, 307, or of no known kind. */
  isTemporary: boolean;
}

type Ways = ReadonlyMap<Page, Way>;

/** Of all redirects among the fetched pages, in fetched order. */
function findWays(pages: readonly Page[]): Ways {
  const next = chainRedirects(pages);
  return new Map(pages.filter(isRedirect).map((page) => [page, followWay(page, next)]));
}

function followWay(page: Page, nextOf: (page: Page) => Page | undefined): Way {
  const seen = new Set<Page>();
  let last = page;
  let next: Page | undefined = page;
  while (next !== undefined && !seen.has(next) && seen.size <= MAX_HOPS) {
    seen.add(next);
    last = next;
    next = nextOf(next);
  }
  const isEndless = next !== undefined;
  const isKnown = !isEndless && last.location !== null && readUrl(last.location, last.url) !== undefined;
  return {
    page,
    hops: isEndless ? Number.POSITIVE_INFINITY : seen.size,
    end: isKnown ? toAbsolute(last.location ?? "", last.url) : null,
    isTemporary: [...seen].some(({ status }) => status !== 301 && status !== 308),
  };
}

/** What a redirect is written for; without a query it is for the path with whatever query. */
export interface Address {
  /** Without `www.`, and for both; as it is where `isHostExact`. */
  host: string;
  path: string;
  query: string;
  /** For this host alone, because under the other name, with `www.` or without, the page lives. */
  isHostExact: boolean;
}

/** Which addresses a host's rules cannot tell apart. */
export interface Blindness {
  /** To letter case. */
  isCaseBlind?: boolean;
  /** To a slash at the end of the path. */
  isSlashBlind?: boolean;
  /** To parameters beyond those of the rule. */
  isQueryOpen?: boolean;
  /** To the host, unless the rule names it. */
  isHostBlind?: boolean;
}

/** Addresses of pages, and which of them a redirect would catch. Scheme and, for most rules, `www.` do not matter. */
export interface AddressSet {
  /** What is no safe address is passed over. */
  add(url: string): void;
  /** Whether a redirect for this address would catch one of the set. */
  catches(address: Address): boolean;
}

export function createAddressSet(urls: readonly string[], blindness: Blindness): AddressSet {
  const queries = new Map<string, string[]>();
  const keep = (key: string, query: string) => {
    const same = queries.get(key);
    if (same === undefined) queries.set(key, [query]);
    else same.push(query);
  };
  const add = (url: string) => {
    const safe = toSafeUrl(url);
    if (safe === undefined) return;
    const query = toKey(safe.query, blindness);
    const host = bareHost(safe.host);
    keep(pathKey({ ...safe, host, isHostExact: false }, blindness), query);
    keep(pathKey({ ...safe, isHostExact: true }, blindness), query);
  };
  for (const url of urls) add(url);
  return {
    add,
    catches: (address) => {
      const found = queries.get(pathKey(address, blindness)) ?? [];
      if (address.query === "" || found.length === 0) return found.length > 0;
      const query = toKey(address.query, blindness);
      if (blindness.isQueryOpen !== true) return found.includes(query);
      const wanted = toParameters(query);
      return found.some((each) => wanted.every((parameter) => toParameters(each).includes(parameter)));
    },
  };
}

/** The same for two addresses of one host that its rules cannot tell apart. */
export const addressKey = (address: Address, blindness: Blindness): string =>
  pathKey(address, { ...blindness, isHostBlind: false }) + toKey(address.query, blindness);

function pathKey({ host, path, isHostExact }: Address, blindness: Blindness): string {
  const written = toKey(blindness.isSlashBlind === true ? path.replace(/\/+$/, "") : path, blindness);
  if (isHostExact) return `=${host}${written}`;
  return blindness.isHostBlind === true ? written : host + written;
}

const toKey = (text: string, { isCaseBlind }: Blindness): string => (isCaseBlind === true ? text.toLowerCase() : text);

const toParameters = (query: string): string[] => query.slice(1).split("&");

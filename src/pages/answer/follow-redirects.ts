import { classifyStatus, deadKindOf, type Page } from "../page.ts";
import { identifyUrl, type UrlIdentity } from "./url-identity.ts";

/** A page, and where a visitor of it ends among the fetched pages. */
export interface Place {
  page: Page;
  /** Undefined when the page's URL cannot be read. */
  identity: UrlIdentity | undefined;
  /** The same for all pages on which visitors end alike; undefined when the page's URL cannot be read. */
  finalKey: string | undefined;
}

/** A place on the way: its own key, and the key of the other fetched page that its redirect leads to. */
interface Step extends Place {
  key: string | undefined;
  exit: string | undefined;
}

/** What was fetched under one key, as a visitor meets it who follows redirects. */
interface Stop {
  /** One of the pages is no redirect: the visitor has arrived. */
  isEnd: boolean;
  /** Where the first of the redirects leads that leads on to a fetched page. */
  exit: string | undefined;
}

/** Reads every page's URL once, and follows every redirect through the fetched pages to its end. */
export function findFinalKeys(pages: readonly Page[]): Place[] {
  const steps = pages.map((page): Step => {
    return { page, identity: identifyUrl(page.url), key: undefined, exit: undefined, finalKey: undefined };
  });
  const dead = findDeadSpellings(steps);
  const stops = new Map<string, Stop>();
  for (const step of steps) {
    if (step.identity === undefined) continue;
    step.key = keyOf(step.identity, dead);
    const stop = stops.get(step.key);
    if (stop === undefined) stops.set(step.key, { isEnd: !isRedirect(step.page), exit: undefined });
    else if (!isRedirect(step.page)) stop.isEnd = true;
  }
  for (const step of steps) {
    step.exit = findExit(step, dead, stops);
    const stop = step.exit === undefined ? undefined : stops.get(step.key ?? "");
    if (stop !== undefined) stop.exit ??= step.exit;
  }
  for (const step of steps) step.finalKey = followRedirects(step, stops);
  return steps;
}

/**
 * The exact keys under which nothing but errors was met, while another spelling of the same page answers or redirects:
 * `/index.html` is 404 beside a living `/`. That they are one page is a habit of servers, and here it does not hold;
 * folded, the links that a broken address holds would pass for those of a page that works.
 */
function findDeadSpellings(steps: readonly Step[]): ReadonlySet<string> {
  const broken = steps.filter(({ page }) => isDead(page));
  const brokenKeys = new Set(broken.map(({ identity }) => identity?.key));
  const living = steps.filter(({ page, identity }) => !isDead(page) && brokenKeys.has(identity?.key));
  const livingKeys = new Set(living.map(({ identity }) => identity?.key));
  const livingExactly = new Set(living.map(({ identity }) => identity?.exactKey));
  const dead = new Set<string>();
  for (const { identity } of broken) {
    if (identity !== undefined && livingKeys.has(identity.key) && !livingExactly.has(identity.exactKey)) {
      dead.add(identity.exactKey);
    }
  }
  return dead;
}

/** No key holds a space, so that none can be taken for that of a dead spelling. */
const keyOf = ({ key, exactKey }: UrlIdentity, dead: ReadonlySet<string>): string =>
  dead.size > 0 && dead.has(exactKey) ? `${exactKey} dead` : key;

/** Undefined when the redirect leads off the fetched pages, nowhere, or stays on its own key, as http → https does. */
function findExit(
  { page, identity, key }: Step,
  dead: ReadonlySet<string>,
  stops: ReadonlyMap<string, Stop>,
): string | undefined {
  if (page.location === null || !isRedirect(page)) return undefined;
  const next = identifyUrl(page.location, identity);
  const exit = next && keyOf(next, dead);
  return exit !== undefined && exit !== key && stops.has(exit) ? exit : undefined;
}

/** Where browsers give up too; it bounds the work on a hostile chain. */
export const MAX_HOPS = 20;

/**
 * Follows redirects as long as they lead to fetched pages. A loop ends at one of its keys, the same for all who
 * enter it; a chain on which no visitor arrives leaves the page where it is.
 */
function followRedirects({ key: own, exit }: Step, stops: ReadonlyMap<string, Stop>): string | undefined {
  if (own === undefined) return undefined;
  const first = stops.get(own);
  // The page's own redirect counts before those of its variants.
  let next = first === undefined || first.isEnd ? undefined : (exit ?? first.exit);
  const path = [own];
  while (next !== undefined) {
    const loopStart = path.indexOf(next);
    if (loopStart >= 0) return path.slice(loopStart).sort()[0];
    if (path.length > MAX_HOPS) return own;
    path.push(next);
    const stop = stops.get(next);
    next = stop === undefined || stop.isEnd ? undefined : stop.exit;
  }
  return path.at(-1);
}

/** It gives its visitors what they came for; not said of a page whose status is unknown, as the others are not. */
export const isLive = ({ status }: Page): boolean => classifyStatus(status) === "live";

/** It sends its visitors elsewhere. */
export const isRedirect = ({ status }: Page): boolean => classifyStatus(status) === "redirect";

/** Whoever follows a link to it meets an error: it is gone, refused or in trouble. */
export const isDead = ({ status }: Page): boolean => deadKindOf(status) !== null;

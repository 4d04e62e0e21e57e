import { readUrl } from "../../read-url.ts";
import { classifyStatus, deadKindOf, type Page } from "../page.ts";
import { identifyUrl, type UrlIdentity } from "./url-identity.ts";

/** A page, and where a visitor of it ends among the fetched pages. */
export interface Place {
  page: Page;
  /** Undefined when the page's URL cannot be read. */
  identity: UrlIdentity | undefined;
  /**
   * The same for all pages that are one row; undefined when the page's URL cannot be read. Dead pages share it only with
   * variants of themselves that answer the same, so that no error hides in a row that answers otherwise, and a count of
   * rows by status is a count of what answered so.
   */
  finalKey: string | undefined;
  /** Of a dead page: the {@link finalKey} of the row under which its other variants answer; undefined when none does. */
  twinKey: string | undefined;
  /** Of a redirect: the fetched dead page that its visitors end on. It is a row of its own: they never reach a living one. */
  deadEnd: Place | undefined;
  /** Of a redirect: whether what it leads to was fetched, under whatever spelling. */
  isLocationFetched: boolean;
}

/** A place on the way: its own key, and the key of the other fetched page that its redirect leads to. */
interface Step extends Place {
  key: string | undefined;
  /** Of a redirect: the key that its location has, fetched or not. */
  next: string | undefined;
  exit: string | undefined;
}

/** What was fetched alive under one key, as a visitor meets it who follows redirects. */
interface Stop {
  /** One of the pages is no redirect: the visitor has arrived. */
  isEnd: boolean;
  /** Where the first of the redirects leads that leads on to a fetched page. */
  exit: string | undefined;
}

/** Reads every page's URL once, and follows every redirect through the fetched pages to its end. */
export function findFinalKeys(pages: readonly Page[]): Place[] {
  const steps = pages.map(toStep);
  const dead = steps.filter(({ page }) => isDead(page));
  if (dead.length > 0) findDeadEnds(steps, dead);
  const stops = readStops(steps);
  for (const step of steps) setFinalKey(step, stops);
  const redirects = steps.filter(({ next }) => next !== undefined);
  if (redirects.length === 0) return steps;
  // What is no stop was fetched too.
  const closed = new Set(steps.filter((step) => !isOpen(step)).map(({ key }) => key));
  for (const step of redirects) {
    step.isLocationFetched = step.next !== undefined && (stops.has(step.next) || closed.has(step.next));
  }
  return steps;
}

const isOpen = ({ page, key, deadEnd }: Step): boolean => key !== undefined && deadEnd === undefined && !isDead(page);

/** Most pages: one object for all of them. */
const END: Stop = Object.freeze({ isEnd: true, exit: undefined });

/** What answers under each key, and where its first redirect leads that leads on. */
function readStops(steps: readonly Step[]): ReadonlyMap<string, Stop> {
  const stops = new Map<string, Stop>();
  const open = steps.filter(isOpen);
  for (const { page, key = "" } of open) {
    if (!isRedirect(page)) stops.set(key, END);
    else if (!stops.has(key)) stops.set(key, { isEnd: false, exit: undefined });
  }
  for (const step of open) {
    const { key = "", next } = step;
    // A redirect that stays on its own key, as http → https does, leads nowhere else.
    if (next === undefined || next === key || !stops.has(next)) continue;
    step.exit = next;
    const stop = stops.get(key);
    if (stop !== undefined && !stop.isEnd) stop.exit ??= next;
  }
  return stops;
}

function toStep(page: Page): Step {
  const identity = identifyUrl(page.url);
  const key = identity?.key;
  const next = page.location === null || !isRedirect(page) ? undefined : identifyUrl(page.location, identity)?.key;
  // The same keys in the same order for every page: there are many.
  return {
    page,
    identity,
    finalKey: undefined,
    twinKey: undefined,
    deadEnd: undefined,
    isLocationFetched: false,
    key,
    next: key === undefined ? undefined : next,
    exit: undefined,
  };
}

/** No key holds a space, so that none can be taken for that of a row which holds errors. */
function setFinalKey(step: Step, stops: ReadonlyMap<string, Stop>): void {
  const { page, key, deadEnd } = step;
  if (key === undefined) return;
  if (isDead(page)) {
    step.finalKey = `${key} ${page.status}`;
    step.twinKey = stops.has(key) ? followRedirects({ key, exit: undefined }, stops) : undefined;
  } else {
    step.finalKey = deadEnd === undefined ? followRedirects(step, stops) : `${key} to a dead end`;
  }
}

/** What is known of the fetched pages while redirects are followed to their errors. */
interface Ends {
  /** By key: how many pages there are from which a visitor may arrive. */
  alive: Map<string, number>;
  /** By key: the first error that visitors end on. */
  errors: Map<string, Place>;
  /** By spelling, as browsers send it. */
  byUrl: ReadonlyMap<string, readonly Step[]>;
}

/**
 * Finds the redirects whose visitors end on a fetched error, also over several hops. Where their location was fetched
 * under this very spelling, what it answered decides; else they end there only where no variant of it answers.
 */
function findDeadEnds(steps: readonly Step[], dead: readonly Step[]): void {
  const leading = groupBy(steps, ({ next }) => next);
  const errors = new Map<string, Place>();
  for (const step of dead) if (step.key !== undefined && !errors.has(step.key)) errors.set(step.key, step);
  let keys = [...errors.keys()].filter((key) => leading.has(key));
  if (keys.length === 0) return;
  const living = groupBy(steps, ({ page, key }) => (isDead(page) ? undefined : key));
  const alive = new Map([...living].map(([key, group]) => [key, group.length]));
  const ends: Ends = { alive, errors, byUrl: groupBy(steps, ({ page }) => toAbsolute(page.url)) };
  for (let hops = 0; keys.length > 0 && hops <= MAX_HOPS; hops += 1) {
    const found = keys.flatMap((key) => leading.get(key) ?? []).filter((step) => markDeadEnd(step, ends));
    keys = [...new Set(found.flatMap(({ key }) => key ?? []))].filter((key) => leading.has(key));
  }
}

/** @returns whether the redirect was found to end on an error now */
function markDeadEnd(step: Step, { alive, errors, byUrl }: Ends): boolean {
  const { page, key, next } = step;
  if (step.deadEnd !== undefined || key === undefined || next === undefined) return false;
  const exact = byUrl.get(toAbsolute(page.location ?? "", page.url));
  const isWayOut = (alive.get(next) ?? 0) > 0;
  step.deadEnd = exact !== undefined ? findError(exact) : isWayOut ? undefined : errors.get(next);
  if (step.deadEnd === undefined) return false;
  alive.set(key, (alive.get(key) ?? 0) - 1);
  if (!errors.has(key)) errors.set(key, step.deadEnd);
  return true;
}

/** What visitors of one spelling end on; undefined where one of its pages is no error. */
function findError(steps: readonly Step[]): Place | undefined {
  const errors = steps.map((step) => (isDead(step.page) ? step : step.deadEnd));
  return errors.includes(undefined) ? undefined : errors[0];
}

/** What has no key is left out. */
function groupBy(steps: readonly Step[], keyOf: (step: Step) => string | undefined): Map<string, Step[]> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const key = keyOf(step);
    const group = key === undefined ? undefined : groups.get(key);
    if (group !== undefined) group.push(step);
    else if (key !== undefined) groups.set(key, [step]);
  }
  return groups;
}

/** What `new URL` gives back as it got it; that is slow, and most URLs are plain. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+\/[\w\-.~/?=&]*$/;

/** One spelling of a URL as browsers send it. Scheme and `www.` count: from the one to the other is a hop. */
export function toAbsolute(url: string, base?: string): string {
  if (PLAIN_URL.test(url) && !url.includes("/.")) return url;
  const absolute = readUrl(url, base);
  if (absolute === undefined) return url;
  absolute.hash = "";
  return absolute.href;
}

/**
 * How redirects lead to one another among fetched pages: what findings call a chain is one in a redirect map too.
 * @returns of a redirect, the fetched redirect to which it leads under that very spelling, be it itself; undefined of others
 */
export function chainRedirects(pages: readonly Page[]): (page: Page) => Page | undefined {
  const byUrl = new Map(pages.filter(isRedirect).map((page) => [toAbsolute(page.url), page]));
  return ({ url, location }) => (location === null ? undefined : byUrl.get(toAbsolute(location, url)));
}

/** Where browsers give up too; it bounds the work on a hostile chain. */
export const MAX_HOPS = 20;

/**
 * Follows redirects as long as they lead to fetched pages. A loop ends at one of its keys, the same for all who
 * enter it; a chain on which no visitor arrives leaves the page where it is.
 */
function followRedirects(
  { key: own, exit }: Pick<Step, "key" | "exit">,
  stops: ReadonlyMap<string, Stop>,
): string | undefined {
  if (own === undefined) return undefined;
  const first = stops.get(own);
  // The page's own redirect counts before those of its variants.
  let next = first === undefined || first.isEnd ? undefined : (exit ?? first.exit);
  if (next === undefined) return own;
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

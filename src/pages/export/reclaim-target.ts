import { createSuggest } from "../answer/findings/similar-page.ts";
import type { Fold } from "../answer/fold.ts";
import { isLive } from "../answer/page-status.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { Page } from "../snapshot/page.ts";
import { isOwnHost, toSafeUrl } from "./safe-url.ts";

/** Where the visitors of a dead page could be sent. */
export interface ReclaimTarget {
  url: string;
  /** Null for an address that was not fetched. */
  handle: string | null;
  /** Why this one, in our words: `similar page`, `its section`, `home page`. */
  why: string;
  /** How alike the two addresses are, 0 to 1; null where likeness was not what chose it. */
  score: number | null;
}

/**
 * Chooses a target for a dead page: the live page that is much alike, as the finding suggests it; else the nearest
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

import { distance } from "fastest-levenshtein";
import type { Page } from "../page.ts";

/** A page that another one may have become. */
export interface Suggestion {
  handle: string;
  /** {@link MIN_SCORE} to 1. */
  score: number;
}

/**
 * From where on two pages are called alike. Calibrated on real-shaped pairs: a typing error in a slug of a sub-folder
 * scores 0.80, another year or another product number is ruled out before, `/dataforseo-butt` and `/dataforseo-bot`
 * (a joke and a product) score 0.68.
 */
const MIN_SCORE = 0.75;

/** Shorter slugs (`/en`, `/1`) are alike by chance. */
const MIN_SLUG_LETTERS = 4;

/** Hostile URLs and titles are endless; slugs are not. It bounds the work of each comparison. */
const MAX_CHARS = 200;

/**
 * Suggests a live page for a dead one: the mean of two shares, how few letters differ in the last path segment and how
 * many words the two paths share; or, where that is more, how many words the slug shares with a part of the title.
 * Slugs with different numbers in them are never alike: `item-1234` is not `item-1235`.
 * @param live the pages to choose from, the most important first; it wins between equals
 */
export function createSuggest(live: readonly Page[]): (dead: Page) => Suggestion | null {
  let read: Live[] | undefined;
  return (dead) => {
    const wanted = readWanted(dead.url);
    if ((wanted.slug.match(/\p{L}/gu) ?? []).length < MIN_SLUG_LETTERS) return null;
    read ??= live.map(readLive);
    let best: Suggestion | null = null;
    for (const each of read) {
      const score = Math.max(scorePath(wanted, each), scoreTitle(wanted, each));
      if (score >= MIN_SCORE && score > (best?.score ?? 0)) best = { handle: each.handle, score };
    }
    return best;
  };
}

interface Live {
  handle: string;
  path: string;
  slug: string;
  title: string | null;
}

function readLive({ handle, url, title }: Page): Live {
  const path = pathOf(url);
  return { handle, path, slug: slugOf(path), title };
}

/** What a live page is compared with. */
interface Wanted {
  /** The last path segment. */
  slug: string;
  slugWords: ReadonlySet<string>;
  longestWord: string;
  pathWords: ReadonlySet<string>;
  numbers: string;
}

function readWanted(url: string): Wanted {
  const path = pathOf(url);
  const slug = slugOf(path);
  const slugWords = wordsOf(slug);
  const longestWord = [...slugWords].reduce((best, word) => (word.length > best.length ? word : best), "");
  return { slug, slugWords, longestWord, pathWords: wordsOf(path), numbers: numbersOf(slug) };
}

const EXTENSION = /\.(?:x?html?|php\d?|aspx?|jsp|cgi|cfm|pl|pdf)(?=[^a-z0-9]*$)/;

/** Without host, query, closing slash and extension; decoded, in lower case. Every live page is read: few patterns. */
function pathOf(url: string): string {
  const host = url.indexOf("//");
  const start = host < 0 ? -1 : url.indexOf("/", host + 2);
  if (start < 0) return "";
  let path = url.slice(start, start + MAX_CHARS).toLowerCase();
  const query = path.search(/[?#]/);
  if (query >= 0) path = path.slice(0, query);
  if (path.endsWith("/")) path = path.slice(0, -1);
  if (path.includes("%")) path = decode(path).toLowerCase();
  return path.includes(".") ? path.replace(EXTENSION, "") : path;
}

const slugOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The other half of a score being 1 at most, each half must reach this for the mean to get anywhere. */
const MIN_HALF = 2 * MIN_SCORE - 1;

function scorePath({ slug: wanted, pathWords, numbers }: Wanted, { path, slug }: Live): number {
  const longer = Math.max(wanted.length, slug.length);
  if (Math.min(wanted.length, slug.length) < MIN_HALF * longer || !holdsAny(path, pathWords)) return 0;
  const letters = 1 - distance(wanted, slug) / longer;
  if (letters < MIN_HALF || numbers !== numbersOf(slug)) return 0;
  return (letters + overlap(pathWords, wordsOf(path))) / 2;
}

function holdsAny(path: string, words: ReadonlySet<string>): boolean {
  for (const word of words) if (path.includes(word)) return true;
  return false;
}

/** Titles carry the site's name behind a mark, so each part counts for itself; one word in common is chance. */
function scoreTitle({ slugWords, longestWord, numbers }: Wanted, { title }: Live): number {
  if (slugWords.size < 2 || title === null) return 0;
  const bounded = title.slice(0, MAX_CHARS).toLowerCase();
  if (!bounded.includes(longestWord)) return 0;
  const scores = bounded
    .split(/[|–—:·»]| - /)
    .filter((part) => numbersOf(part) === numbers)
    .map((part) => wordsOf(part))
    .filter((words) => words.size >= 2)
    .map((words) => overlap(slugWords, words));
  return Math.max(0, ...scores);
}

const wordsOf = (text: string): Set<string> => new Set(text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []);

const numbersOf = (text: string): string => [...new Set(text.match(/\p{N}+/gu) ?? [])].sort().join(" ");

/** Sørensen–Dice: twice what is shared, over what both have; 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}

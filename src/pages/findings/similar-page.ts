import { distance } from "fastest-levenshtein";
import type { Page } from "../page.ts";
import { areApart, isOneSided, type PathMarks, readMarks } from "./path-marks.ts";

/** A page that another one may have become. */
export interface Suggestion {
  handle: string;
  /** {@link MIN_SCORE} to 1; what is certain may be less. */
  score: number;
  /**
   * The one live page whose last path segment says the same words, and nothing in the paths tells the two apart: of 100
   * that site owners redirected, 96 went there (13 public sites, 2026-11). Anything else is for a person to decide.
   */
  isCertain: boolean;
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
 * Slugs with different numbers in them are never alike: `item-1234` is not `item-1235`. Neither are pages of different
 * years, versions, languages and the like, be it in a folder.
 * @param findLive the pages to choose from, the most important first; it wins between equals. Asked once, when one is wanted
 */
export function createSuggest(findLive: () => readonly Page[]): (dead: Page) => Suggestion | null {
  let read: LiveList | undefined;
  return (dead) => {
    const wanted = readWanted(dead.url);
    if ((wanted.slug.match(/\p{L}/gu) ?? []).length < MIN_SLUG_LETTERS) return null;
    read ??= readLiveList(findLive());
    const certain = findCertain(wanted, read);
    if (certain !== null) return certain;
    let best: Suggestion | null = null;
    for (const each of read.pages) {
      const score = Math.max(scorePath(wanted, each), scoreTitle(wanted, each));
      if (score < MIN_SCORE || score <= (best?.score ?? 0) || areApart(marksOf(wanted), marksOf(each))) continue;
      if (haveOtherQueries(wanted, each)) continue;
      best = { handle: each.handle, score, isCertain: false };
    }
    return best;
  };
}

/** The same words in the last segment, on one page alone; with more in common where that is one word. */
function findCertain(wanted: Wanted, { bySlug, tellsLanguages }: LiveList): Suggestion | null {
  const marks = marksOf(wanted);
  const same = (bySlug.get(wanted.key) ?? []).filter((each) => !areApart(marks, marksOf(each)));
  const [only, ...more] = same;
  if (only === undefined || more.length > 0 || wanted.numbers !== numbersOf(only.slug)) return null;
  if (isOneSided(marks, marksOf(only), tellsLanguages)) return null;
  // A query may name the page itself (`?id=7`), and then the path alone is another one.
  if (queryOf(wanted.url) !== queryOf(only.url)) return null;
  if (wanted.slugWords.size < 2 && !sharesMore(wanted.path, only.path)) return null;
  return { handle: only.handle, score: scorePath(wanted, only), isCertain: true };
}

/** A folder's word too, or all but letter case and punctuation. */
function sharesMore(one: string, other: string): boolean {
  const folder = wordsOf(folderOf(other));
  return keyOf(one) === keyOf(other) || [...wordsOf(folderOf(one))].some((word) => folder.has(word));
}

/** A path and what it says; read when it is first asked for, since few pages come that far. */
interface Marked {
  path: string;
  url: string;
  marks?: PathMarks;
}

function marksOf(marked: Marked): PathMarks {
  marked.marks ??= readMarks(marked.path, hostOf(marked.url));
  return marked.marks;
}

interface Live extends Marked {
  handle: string;
  slug: string;
  /** As far as it is looked at, in lower case. */
  title: string | null;
}

interface LiveList {
  pages: readonly Live[];
  /** By the letters and digits of the last path segment. */
  bySlug: ReadonlyMap<string, readonly Live[]>;
  /** Whether there are pages in folders or on subdomains of more than one language; all pages are read for it, once. */
  tellsLanguages: () => boolean;
}

function readLiveList(live: readonly Page[]): LiveList {
  const pages = live.map(readLive);
  const bySlug = new Map<string, Live[]>();
  for (const page of pages) {
    const key = keyOf(page.slug);
    const same = bySlug.get(key);
    if (same === undefined) bySlug.set(key, [page]);
    else same.push(page);
  }
  let answer: boolean | undefined;
  const tellsLanguages = () => {
    answer ??= new Set(pages.map((page) => marksOf(page).locales)).size > 1;
    return answer;
  };
  return { pages, bySlug, tellsLanguages };
}

function readLive({ handle, url, title }: Page): Live {
  const path = pathOf(url);
  return {
    handle,
    path,
    url,
    slug: slugOf(path),
    title: title === null ? null : title.slice(0, MAX_CHARS).toLowerCase(),
  };
}

/** What a live page is compared with. */
interface Wanted extends Marked {
  /** The last path segment. */
  slug: string;
  /** Its letters and digits. */
  key: string;
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
  const [pathWords, numbers] = [wordsOf(path), numbersOf(slug)];
  return { path, url, slug, key: keyOf(slug), slugWords, longestWord, pathWords, numbers };
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

const hostOf = (url: string): string => /^[a-z]+:\/\/([^/?#]{0,253})/i.exec(url)?.[1]?.toLowerCase() ?? "";

const queryOf = (url: string): string => /\?([^#]*)/.exec(url)?.[1] ?? "";

/** `?id=1` is not `?id=2`, as `item-1` is not `item-2`. */
function haveOtherQueries(one: Marked, other: Marked): boolean {
  const [own, others] = [queryOf(one.url), queryOf(other.url)];
  return own !== "" && others !== "" && own !== others;
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** Most slugs are words with dashes. */
const PLAIN_SLUG = /^[a-z0-9-]*$/;

const keyOf = (slug: string): string =>
  PLAIN_SLUG.test(slug) ? slug.replaceAll("-", "") : (slug.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).join("");

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
  if (!title.includes(longestWord)) return 0;
  const scores = title
    .split(/[|–—:·»]| - /)
    .filter((part) => numbersOf(part) === numbers)
    .map((part) => wordsOf(part))
    .filter((words) => words.size >= 2)
    .map((words) => overlap(slugWords, words));
  return Math.max(0, ...scores);
}

const wordsOf = (text: string): Set<string> => new Set(text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []);

/** In their order: 2.0.3 is not 3.0.2. */
const numbersOf = (text: string): string => (text.match(/\p{N}+/gu) ?? []).join(" ");

/** Sørensen–Dice: twice what is shared, over what both have; 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}

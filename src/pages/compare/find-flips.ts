import type { Page } from "../snapshot/page.ts";
import { pageKey } from "./match-folds.ts";
import type { Matched, MatchedSide } from "./matched.ts";
import type { PageChange } from "./page-change.ts";
import { answerOf, ofPages, type PageState } from "./page-state.ts";

/** The page of one URL, in the earlier and in the later list. */
type Pair = readonly [was: Page, is: Page];

/**
 * Pages that answer otherwise than before, one for each page that is a row in either list. Whatever is a row in one
 * list and folded into another row in the other (`/old` now redirects to `/new`) is one of them. Swapping the sides
 * swaps each change.
 */
export function findFlips({ before, after }: Matched): PageChange[] {
  const mains = [...before.folds, ...after.folds].map(({ main }) => pageKey(main));
  return [...new Set(mains)].flatMap((key): PageChange[] => {
    const [from, to] = [findByKey(before, key), findByKey(after, key)];
    const pair = from && to && isFlip([from, to]) ? pairOfOneUrl([from, to], before, after) : undefined;
    if (pair === undefined) return [];
    const [was, is] = [stateOf(pair[0], before), stateOf(pair[1], after)];
    return [{ kind: "status", before: was, after: is, stake: Math.max(was.backlinks ?? 0, is.backlinks ?? 0) }];
  });
}

/** The page that a row is named after, else one that is folded into a row. */
function findByKey({ folds }: MatchedSide, key: string): Page | undefined {
  const hasKey = (page: Page) => pageKey(page) === key;
  return folds.map(({ main }) => main).find(hasKey) ?? folds.flatMap(({ members }) => members).find(hasKey);
}

function isFlip([was, is]: Pair): boolean {
  const [earlier, later] = [answerOf(was), answerOf(is)];
  return earlier !== null && later !== null && earlier !== later;
}

/**
 * The lists may name the page by two of its URL variants. What the one answered then and the other answers now is no
 * change: where a list lacks the variant that answers, another one stands for the page, and that one may have
 * redirected all along. So it takes one of the two that is in both lists and answers otherwise itself.
 * @returns of two such, the one that changed as the page did; undefined when there is none
 */
function pairOfOneUrl([from, to]: Pair, before: MatchedSide, after: MatchedSide): Pair | undefined {
  if (from.url === to.url) return [from, to];
  const [earlier, later] = [findByUrl(before, to.url), findByUrl(after, from.url)];
  const pairs: Pair[] = [];
  if (later !== undefined) pairs.push([from, later]);
  if (earlier !== undefined) pairs.push([earlier, to]);
  const flips = pairs.filter(isFlip);
  const isAsPage = ([was, is]: Pair) => answerOf(was) === answerOf(from) && answerOf(is) === answerOf(to);
  // The last resort is the URL, which is the same whichever list is the earlier one.
  flips.sort((a, b) => Number(isAsPage(b)) - Number(isAsPage(a)) || (a[0].url < b[0].url ? -1 : 1));
  return flips[0];
}

const findByUrl = ({ folds }: MatchedSide, url: string): Page | undefined =>
  folds.flatMap(({ members }) => members).find((page) => page.url === url);

/** The figures of the row that is named after a variant of the page, else the page's own. */
function stateOf(page: Page, { folds, counted }: MatchedSide): PageState {
  const fold = folds.find(({ main, members }) => members.includes(page) && pageKey(main) === pageKey(page));
  const comparable = (fold?.members ?? []).filter((each) => counted.includes(each));
  return ofPages(page, comparable.length > 0 ? comparable : [page]);
}

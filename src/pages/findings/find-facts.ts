import { latestOf } from "../../lists/snapshot.ts";
import { type Fold, type Folding, foldAll, readFolding } from "../answer/fold.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import {
  findCanonicalElsewhere,
  findDeadEnds,
  findGone,
  findRedirectChains,
  findRedirectLinks,
  findRedirects,
  findRefused,
  findTrouble,
} from "./dead-and-moved.ts";
import { type Finding, type Rule, toList } from "./finding.ts";
import {
  findBoilerplateLinks,
  findConcentration,
  findNofollow,
  findSpam,
  findUgcAndSponsored,
} from "./link-quality.ts";
import { findCountrySkew, findTldSkew } from "./skew.ts";
import { findLost, findRarelyCrawled, findThinPages } from "./thin-and-fading.ts";

/**
 * What a finding is for, in the order in which findings are told: links that can be won back, on a detour or gone, whatever
 * their size; then what links are worth; then hints, where nothing is lost.
 */
export const GROUPS = ["to win back", "worth", "hint"] as const;

/** One kind of finding. */
export interface FindingKind {
  /** In a word or two, as {@link Finding.name} has it. */
  id: string;
  /** What its printed rule begins with, before the condition in brackets. */
  words: string;
  group: (typeof GROUPS)[number];
  /** When it fires and what it tells, as docs/answer.md has it. */
  says: string;
  find: Rule;
}

/**
 * THE table of findings. They are told group by group, and in a group in this order: links that are lost now, links on a
 * detour, links that went; hints of pages, of old figures, of where links come from. The rows of docs/answer.md are these.
 */
const TABLE: readonly FindingKind[] = [
  {
    id: "gone",
    words: "dead pages with links, gone",
    group: "to win back",
    says: "status 404 or 410; its living twin is named, else a live page much alike (score 0.75 or more) as a suggestion",
    find: findGone,
  },
  {
    id: "trouble",
    words: "dead pages with links, in trouble",
    group: "to win back",
    says: "status 500 to 599",
    find: findTrouble,
  },
  {
    id: "redirects to dead",
    words: "redirects that end on a dead page",
    group: "to win back",
    says: "a redirect leads, over however many hops, to a fetched 4xx or 5xx",
    find: findDeadEnds,
  },
  {
    id: "redirect chains",
    words: "redirect chains",
    group: "to win back",
    says: "a redirect leads to another fetched redirect, or in a loop",
    find: findRedirectChains,
  },
  {
    id: "redirects",
    words: "redirects with links",
    group: "to win back",
    says: "status 3xx",
    find: findRedirects,
  },
  {
    id: "links lost",
    words: "links lost",
    group: "to win back",
    says: "`lost_date` is set",
    find: findLost,
  },
  {
    id: "refused",
    words: "dead pages with links, refused to the crawler",
    group: "to win back",
    says: "every other status from 400 on (401, 403, 429, 999 …): it answers, but not to a crawler",
    find: findRefused,
  },
  {
    id: "spam",
    words: "high spam score",
    group: "worth",
    says: "above 60",
    find: findSpam,
  },
  {
    id: "few domains",
    words: "few domains, many links",
    group: "worth",
    says: "more than 20 backlinks per referring domain; sitewide when most stand in footers or menus",
    find: findConcentration,
  },
  {
    id: "redirecting links",
    words: "links mostly redirects",
    group: "worth",
    says: "more than half of the referring links are redirects",
    find: findRedirectLinks,
  },
  {
    id: "nofollow",
    words: "mostly nofollow",
    group: "worth",
    says: "more than half",
    find: findNofollow,
  },
  {
    id: "ugc or sponsored",
    words: "ugc or sponsored links",
    group: "worth",
    says: "more than 10 %",
    find: findUgcAndSponsored,
  },
  {
    id: "footer or menu links",
    words: "links mostly in footer, nav, header or aside",
    group: "worth",
    says: "more than half",
    find: findBoilerplateLinks,
  },
  {
    id: "thin or untitled",
    words: "thin or untitled",
    group: "hint",
    says: "a 200 page with under 100 words or no title",
    find: findThinPages,
  },
  {
    id: "canonical elsewhere",
    words: "canonical elsewhere",
    group: "hint",
    says: "`meta.canonical` names another page",
    find: findCanonicalElsewhere,
  },
  {
    id: "rarely crawled",
    words: "rarely crawled, figures may be old",
    group: "hint",
    says: "more than 180 days between the last two crawls",
    find: findRarelyCrawled,
  },
  {
    id: "TLD",
    words: "one TLD but com links most",
    group: "hint",
    says: "it holds more than half; the rule adds the figure where it leads the whole list",
    find: findTldSkew,
  },
  {
    id: "country",
    words: "one country links most",
    group: "hint",
    says: "it holds more than half; the rule adds the figure where it leads the whole list",
    find: findCountrySkew,
  },
];

/** Every kind of finding, in the order in which they are told, whatever their size. */
export const FINDINGS: readonly FindingKind[] = GROUPS.flatMap((group) => TABLE.filter((each) => each.group === group));

/**
 * What there is to act on, in the order of {@link FINDINGS}; empty when there is nothing.
 * @param until ms since the epoch: what is dated later is of unknown date
 */
export const findFacts = (folds: readonly Fold[], target: string, until?: number): Finding[] =>
  findPlacedFacts(folds, target, until).map(({ finding }) => finding);

/** With the place of its rule among {@link FINDINGS}: by it the findings of two lists go into one order. */
export interface PlacedFinding {
  place: number;
  finding: Finding;
}

function findPlacedFacts(folds: readonly Fold[], target: string, until?: number): PlacedFinding[] {
  const list = toList(folds, target, until);
  return FINDINGS.flatMap(({ find }, place) => {
    const finding = find(list);
    return finding === null ? [] : [{ place, finding }];
  });
}

/** What is worked out once for a snapshot, which never changes, however often it is answered from, asked and looked at. */
interface Known {
  folding: Folding;
  folds: readonly Fold[];
  placed?: readonly PlacedFinding[];
}

const KNOWN = new WeakMap<PagesSnapshot, Known>();

function know(snapshot: PagesSnapshot): Known {
  const known = KNOWN.get(snapshot);
  if (known !== undefined) return known;
  const folding = readFolding(snapshot.items);
  const fresh: Known = { folding, folds: foldAll(folding) };
  KNOWN.set(snapshot, fresh);
  return fresh;
}

/** All rows of a snapshot, in fetched order. */
export const foldsOf = (snapshot: PagesSnapshot): readonly Fold[] => know(snapshot).folds;

/** Where each page of a snapshot belongs, to fold some of them. */
export const foldingOf = (snapshot: PagesSnapshot): Folding => know(snapshot).folding;

/** All findings of a snapshot. */
export const factsOf = (snapshot: PagesSnapshot): readonly Finding[] =>
  placedFactsOf(snapshot).map(({ finding }) => finding);

/** The same with their places. */
export function placedFactsOf(snapshot: PagesSnapshot): readonly PlacedFinding[] {
  const known = know(snapshot);
  known.placed ??= findPlacedFacts(known.folds, snapshot.request.target, latestOf(snapshot));
  return known.placed;
}

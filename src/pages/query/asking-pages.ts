import { type NextStep, PAGES_CALLS, type Surface } from "../../lists/calls.ts";
import { describeCrawled, readCrawled } from "../../lists/header.ts";
import type { Asking, Described, Selection } from "../../lists/query/asking.ts";
import type { Where } from "../../lists/query/list-query.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import { type Fold, foldSome, sumBacklinks } from "../answer/fold.ts";
import { measureCoverage, type PagesCoverage } from "../answer/header-facts.ts";
import { suggestMore } from "../answer/next-steps.ts";
import { describeFolding } from "../answer/render-answer.ts";
import { nameSection, nameSectionCells } from "../answer/sections.ts";
import { DISPENSABLE, toTable } from "../answer/table.ts";
import { MAX_LIMIT, withDefaults } from "../body.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../domain-pages.ts";
import { compileFieldReader } from "../field-readers.ts";
import { foldingOf, foldsOf } from "../findings/find-facts.ts";
import type { Page } from "../page.ts";
import { PAGE_FIELDS, refuseLinkerArgument } from "../page-fields.ts";
import { itemRulesOf } from "./item-rules.ts";
import { describeMissing, noteCutLists } from "./missing-pages.ts";
import { answersAs, PAGE_CONDITIONS, type PageConditions } from "./page-conditions.ts";
import { OTHER_GROUP_COLUMNS, PAGE_GROUPINGS, refuseGrouping } from "./page-groupings.ts";
import { toRowFigure } from "./row-figures.ts";
import { sectionsOf, singlesOf } from "./section-index.ts";

/** What is true of the list of pages alone, for the engine that reads, answers and tells questions to any list. */
export const ASKING_PAGES: Asking<PagesSnapshot, Fold, PageConditions> = {
  words: {
    one: "page",
    many: "pages",
    counted: "URL",
    handle: "p",
    works: '{"target":"forbes.com"}',
  },
  fields: PAGE_FIELDS,
  searchedField: "page",
  maxLimit: MAX_LIMIT,
  conditions: PAGE_CONDITIONS,
  otherWords: new Map([
    ["path", "section"],
    ["folder", "section"],
    ["pages", "handles"],
  ]),
  refuseArgument: refuseLinkerArgument,

  groupings: PAGE_GROUPINGS,
  refuseGrouping,
  otherGroupColumns: OTHER_GROUP_COLUMNS,
  usualGrouping: ({ section }) => (section === undefined ? "section" : "status"),

  folding: { describe: describeFolding, findWholes },
  rowsOf: (snapshot, fold) => (fold ? foldsOf(snapshot) : singlesOf(snapshot)),
  rowsOfSome: (pages, snapshot, fold) => (fold ? foldSome(pages, foldingOf(snapshot)) : takeSingles(snapshot, pages)),
  titleOf: ({ title }) => title,
  readersOf: (snapshot, fold) => {
    const rules = itemRulesOf(snapshot, fold);
    return (field) => compileFieldReader(field, rules);
  },
  figureOf: (field, snapshot, fold) => toRowFigure(field, itemRulesOf(snapshot, fold)),
  sumBacklinks,
  listLimitOf: (snapshot) => itemRulesOf(snapshot).listLimit,

  table: {
    columns: ["id", "url", "http", "rank", "backlinks", "ref_domains", "nofollow%", "spam", "lost", "title"],
    dispensable: DISPENSABLE,
    make: toTable,
  },
  record: {
    said: new Set(["type", "page"]),
    first: ["status_code", "location", "meta.title", "page_summary", "meta.canonical"],
    under: ["page_summary", "meta"],
  },

  describe: describePages,
  noteSelected,
  noteFilters: noteCutLists,
  nameCells: nameSectionCells,
  nameCondition: (words) => (words.startsWith("section ") ? nameSection(words) : words),

  calls: PAGES_CALLS,
  suggestPaid,
  toRecordUri: ({ id }, handle) => `domain-pages://snapshots/${id}/pages/${handle}`,
};

/** Finds the row of all URLs of a page, given that of those which match. */
function findWholes(snapshot: PagesSnapshot): (row: Fold) => Fold {
  const wholes = new Map(foldsOf(snapshot).flatMap((whole) => whole.members.map((page) => [page, whole] as const)));
  return (row) => wholes.get(row.main) ?? row;
}

function takeSingles(snapshot: PagesSnapshot, matching: readonly Page[]): Fold[] {
  const wanted = new Set(matching);
  return singlesOf(snapshot).filter(({ main }) => wanted.has(main));
}

/** Asked for several times in one answer; a snapshot never changes. */
const COVERED = new WeakMap<PagesSnapshot, PagesCoverage>();

function coverageOf(snapshot: PagesSnapshot): PagesCoverage {
  const known = COVERED.get(snapshot);
  if (known !== undefined) return known;
  const fresh = measureCoverage(snapshot);
  COVERED.set(snapshot, fresh);
  return fresh;
}

function describePages(snapshot: PagesSnapshot): Described {
  const request = withDefaults(snapshot.request);
  const { backlinks_status_type, include_subdomains } = request;
  const coverage = coverageOf(snapshot);
  const crawled = readCrawled(snapshot, DOMAIN_PAGES.itemKeys.seenAt);
  const isTo100 = request.rank_scale === "one_hundred";
  return {
    view: [
      `${backlinks_status_type} backlinks, subdomains ${include_subdomains ? "included" : "left out"}`,
      ...(request.exclude_internal_backlinks ? [] : ["internal links counted"]),
      ...(isTo100 ? ["rank 0-100"] : []),
    ],
    viewFacts: {
      backlinks_status_type,
      include_subdomains,
      ...(!request.exclude_internal_backlinks && { exclude_internal_backlinks: false }),
      ...(isTo100 && { rank_scale: request.rank_scale }),
    },
    crawled: describeCrawled({ crawled }, DOMAIN_PAGES.words),
    crawledFacts: crawled,
    backlinksFetched: coverage.backlinksFetched,
    missing: describeMissing(snapshot, coverage),
  };
}

type PagesWhere = Where<PageConditions>;

/** What became of URLs that match and are not shown as rows of their own. */
function noteSelected(
  { rows, matching }: Selection<PagesSnapshot, Fold>,
  snapshot: PagesSnapshot,
  where: PagesWhere,
  fold: boolean,
): string[] {
  if (!fold) return [];
  const elsewhere = countElsewhere(rows, matching, snapshot, where);
  const inPart = matching === undefined ? [] : listInPart(rows, snapshot);
  return [...(elsewhere === 0 ? [] : [wordElsewhere(elsewhere)]), ...(inPart.length === 0 ? [] : [wordInPart(inPart)])];
}

/**
 * URLs that meet the conditions, that on the status among them, but are folded into a row that answers otherwise, as a
 * redirect is into the page it leads to.
 */
function countElsewhere(
  rows: readonly Fold[],
  matching: readonly Page[] | undefined,
  snapshot: PagesSnapshot,
  { status, section }: PagesWhere,
): number {
  if (status === undefined) return 0;
  const answers = answersAs(status);
  const isMatching = matching && new Set(matching);
  const shown = new Set(rows.flatMap(({ members }) => members));
  return foldingOf(snapshot).places.filter(
    (place) =>
      answers(place.page) &&
      !shown.has(place.page) &&
      isMatching?.has(place.page) !== false &&
      (section === undefined || sectionsOf(snapshot).isIn(place, section)),
  ).length;
}

/** Who counts redirects counts URLs; without this, fewer rows than that would look like a loss. */
const wordElsewhere = (urls: number): string =>
  `${countOf(urls, "more URL")} that answer${urls === 1 ? "s" : ""} so ${urls === 1 ? "is" : "are"} folded into pages that answer otherwise: fold false shows every URL`;

/** A row of matching URLs, and the page that it is a row of where all of its URLs are taken. */
interface PartOfRow {
  handle: string;
  whole: string;
}

/** Rows of which other URLs, such as redirects to them, do not meet the conditions: their figures leave those out. */
function listInPart(rows: readonly Fold[], snapshot: PagesSnapshot): PartOfRow[] {
  const wholeOf = findWholes(snapshot);
  return rows.flatMap((row) => {
    const whole = wholeOf(row);
    return whole.members.length === row.members.length ? [] : [{ handle: row.main.handle, whole: whole.main.handle }];
  });
}

/** How many of the rows in part are named. */
const MAX_IN_PART = 3;

/** Whoever saw the same page in another answer of this snapshot would find two figures for it. */
function wordInPart(inPart: readonly PartOfRow[]): string {
  const named = inPart
    .slice(0, MAX_IN_PART)
    .map(({ handle, whole }) => (handle === whole ? handle : `${handle} (a URL of page ${whole})`));
  const rest = inPart.length - named.length;
  const names = [...named, ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(", ");
  const rows = inPart.length === 1 ? "1 row leaves" : `${formatCount(inPart.length)} rows leave`;
  return `${rows} out URLs of the same page (redirects, variants) that do not match, and their links: ${names}`;
}

/** The purchase of more pages, unless what bounds them says that none of them can match. */
function suggestPaid(snapshot: PagesSnapshot, where: PagesWhere, surface: Surface): NextStep[] {
  const coverage = coverageOf(snapshot);
  const { bound } = coverage;
  const least =
    bound?.field === "page_summary.backlinks"
      ? where.minBacklinks
      : bound?.field === "page_summary.referring_domains"
        ? where.minReferringDomains
        : undefined;
  const isRuledOut = bound?.side === "at most" && least !== undefined && bound.value < least;
  return isRuledOut ? [] : suggestMore({ snapshot, coverage, surface });
}

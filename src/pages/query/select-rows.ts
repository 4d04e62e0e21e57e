import { Refusal, toInputError } from "../../lists/arguments.ts";
import type { CompileRegex } from "../../lists/filters/evaluate-filter.ts";
import { type Filter, toAskedFilter } from "../../lists/filters/filter.ts";
import { listRegexes } from "../../lists/filters/match-texts.ts";
import { toOneLine, toSafeJson } from "../../lists/text.ts";
import { type Fold, foldSome } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import { withDefaults } from "../body.ts";
import { OWN_FIELDS } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { compilePageFilter, type ItemRules } from "../field-readers.ts";
import { foldingOf, foldsOf } from "../findings/find-facts.ts";
import { classifyStatus, type Page } from "../page.ts";
import { type Grouped, type GroupingRule, toGroupingRule } from "./group-rows.ts";
import { type Where, wordSection } from "./pages-query.ts";
import { GROUPINGS, type PageState } from "./query-schema.ts";
import { sectionsOf, singlesOf } from "./section-index.ts";

/** The rows that meet a question's conditions. */
export interface Selection {
  /** In fetched order. */
  rows: readonly Fold[];
  /** The fetched URLs in them. */
  urls: number;
  /**
   * URLs that meet the conditions, that on the status among them, but are folded into a row that answers otherwise, as a
   * redirect is into the page it leads to. 0 where nothing is asked of the status, or nothing is folded.
   */
  urlsElsewhere: number;
  /** Rows of which other URLs, such as redirects to them, do not meet the conditions: their figures leave those out. */
  inPart: readonly PartOfRow[];
}

/** A row of matching URLs, and the page that it is a row of where all of its URLs are taken. */
export interface PartOfRow {
  handle: string;
  whole: string;
}

/**
 * How the snapshot's items are to be read: how they were asked for, and what is known of a page beside its fields.
 * @param fold which rows say to which groups a page belongs: one per real page, else one per fetched page
 */
export const itemRulesOf = (snapshot: PagesSnapshot, fold = true): ItemRules => ({
  listLimit: withDefaults(snapshot.request).internal_list_limit,
  target: snapshot.request.target,
  own: ownReadersOf(snapshot, fold),
});

/** Of folded rows, and of single ones. */
const OWN_READERS: readonly WeakMap<PagesSnapshot, NonNullable<ItemRules["own"]>>[] = [new WeakMap(), new WeakMap()];

/** By the groupings' own rules, so that a filter finds the rows that a group counts. */
function ownReadersOf(snapshot: PagesSnapshot, fold: boolean): NonNullable<ItemRules["own"]> {
  const made = OWN_READERS[Number(fold)];
  const known = made?.get(snapshot);
  if (known !== undefined) return known;
  const places = placeItems(() => (fold ? foldsOf(snapshot) : singlesOf(snapshot)));
  const groupings = GROUPINGS.filter((grouping) => OWN_FIELDS.has(grouping));
  const fresh = new Map<string, (item: unknown) => unknown>([
    ["id", (item) => places(item)?.page.handle],
    ...groupings.map((grouping) => [grouping, readGroup({ grouping, fold }, snapshot, places)] as const),
    // The fields of these names are the upstream's own, and select as it does: by each URL.
    ["page_language", readGroup({ grouping: "language", fold }, snapshot, places)],
    ["page_media_type", readGroup({ grouping: "media_type", fold }, snapshot, places)],
  ]);
  made?.set(snapshot, fresh);
  return fresh;
}

type PlaceItem = (item: unknown) => { page: Page; row: Fold } | undefined;

/** Finds the page and the row of an item as it came; looked up once for all when first asked. */
function placeItems(listRows: () => readonly Fold[]): PlaceItem {
  let places: Map<unknown, { page: Page; row: Fold }> | undefined;
  return (item) => {
    places ??= new Map(listRows().flatMap((row) => row.members.map((page) => [page.raw, { page, row }] as const)));
    return places.get(item);
  };
}

/** The groups of an item's row: several for what it may have several of, else one; null when it does not tell. */
function readGroup(grouped: Grouped, snapshot: PagesSnapshot, places: PlaceItem): (item: unknown) => unknown {
  let rule: GroupingRule | undefined;
  return (item) => {
    rule ??= toGroupingRule(grouped, snapshot);
    const row = places(item)?.row;
    if (row === undefined || rule.kind !== "value") return null;
    const groups = rule.read(row);
    return rule.isSeveral ? groups : (groups[0] ?? null);
  };
}

/** How long the regular expressions of one question may take together, ms. Linear time is long for a long text. */
export const MAX_REGEX_MS = 2000;

/** What becomes of a caller's regular expressions while rows are chosen. */
export interface RegexTerms {
  /** What they come to, where that was found out before (`settleTexts`). Left out: they run here and now. */
  compileRegex?: CompileRegex;
  /** Called between pages where they run here; throws when time is up. */
  checkTime?: () => void;
}

export function refuseSlowRegex(): Error {
  const rule = `the regex takes more than ${MAX_REGEX_MS / 1000} s on these pages`;
  return toInputError([new Refusal("filters", rule, "write a simpler one, or use ilike")]);
}

/**
 * Starts the time that the regular expressions of one question may take together, for those that run here. A single
 * text is never broken off.
 */
export function startRegexClock(now: () => number): () => void {
  const until = now() + MAX_REGEX_MS;
  return () => {
    if (now() > until) throw refuseSlowRegex();
  };
}

/**
 * Chooses pages, then folds what was chosen: a row's figures cover exactly the matching pages of that fold. The other
 * arguments choose among the rows that came of it: `section` and `status` by the page each is named after, so that they
 * hold what the answer's rollup and a grouping by status count; least backlinks and domains by the figures that it shows.
 * @param fold false gives one row per matching page
 * @throws {AppError} `input` for a regex that takes too long
 */
export function selectRows(snapshot: PagesSnapshot, where: Where, fold: boolean, terms: RegexTerms = {}): Selection {
  const { compileRegex, checkTime } = terms;
  const accepts = compileWhere(where, itemRulesOf(snapshot, fold), compileRegex);
  const runsHere = compileRegex === undefined && where.filters !== undefined && listRegexes(where.filters).length > 0;
  const matching = accepts && filterInTime(snapshot.items, accepts, runsHere ? checkTime : undefined);
  const isAll = matching === undefined || matching.length === snapshot.items.length;
  const rows = fold
    ? isAll
      ? foldsOf(snapshot)
      : foldSome(matching, foldingOf(snapshot))
    : takeSingles(snapshot, matching);
  const { section, status } = where;
  const answers = status === undefined ? () => true : answersAs(status);
  const isChosen = (row: Fold) =>
    answers(row.main) &&
    (section === undefined || sectionsOf(snapshot, fold).isIn(row, section)) &&
    isAtLeast(row.backlinks, where.minBacklinks) &&
    isAtLeast(row.referringDomains?.low ?? null, where.minReferringDomains);
  const chosen = rows.filter(isChosen);
  const urls = chosen.reduce((sum, { members }) => sum + members.length, 0);
  const inPart = fold && !isAll ? listInPart(chosen, snapshot) : [];
  if (!fold || status === undefined) return { rows: chosen, urls, urlsElsewhere: 0, inPart };
  const isMatching = isAll ? undefined : new Set(matching);
  const shown = new Set(chosen.flatMap(({ members }) => members));
  const elsewhere = foldingOf(snapshot).places.filter(
    (place) =>
      answers(place.page) &&
      !shown.has(place.page) &&
      isMatching?.has(place.page) !== false &&
      (section === undefined || sectionsOf(snapshot).isIn(place, section)),
  );
  return { rows: chosen, urls, urlsElsewhere: elsewhere.length, inPart };
}

/** An unknown figure meets no condition. */
const isAtLeast = (value: number | null, least: number | undefined): boolean =>
  least === undefined || (value !== null && value >= least);

function listInPart(rows: readonly Fold[], snapshot: PagesSnapshot): PartOfRow[] {
  const wholeOf = findWholes(snapshot);
  return rows.flatMap((row) => {
    const whole = wholeOf(row);
    return whole.members.length === row.members.length ? [] : [{ handle: row.main.handle, whole: whole.main.handle }];
  });
}

/** Finds the row of all URLs of a page, given that of those which match. */
export function findWholes(snapshot: PagesSnapshot): (row: Fold) => Fold {
  const wholes = new Map(foldsOf(snapshot).flatMap((whole) => whole.members.map((page) => [page, whole] as const)));
  return (row) => wholes.get(row.main) ?? row;
}

function filterInTime(pages: readonly Page[], accepts: (page: Page) => boolean, checkTime?: () => void): Page[] {
  return pages.filter((page) => {
    checkTime?.();
    return accepts(page);
  });
}

function takeSingles(snapshot: PagesSnapshot, matching: readonly Page[] | undefined): Fold[] {
  const singles = singlesOf(snapshot);
  if (matching === undefined) return singles;
  const wanted = new Set(matching);
  return singles.filter(({ main }) => wanted.has(main));
}

/** One thing that was asked of the pages, and the question without it. */
export interface Condition {
  /** As an answer words it: `min_backlinks 10`, `["status_code",">=",400]`. */
  words: string;
  without: Where;
}

/** A filter may hold 10,000 characters; an answer that repeats them all helps nobody. */
const MAX_WORDS_CHARS = 240;

/** The rule of every count by status: what the status is classed as, or the status itself. */
export function answersAs(state: PageState): (page: Page) => boolean {
  switch (state) {
    case "dead":
    case "broken":
      return isDead;
    case "unknown":
      return ({ status }) => classifyStatus(status) === null;
    default:
      if (state.endsWith("xx")) return ({ status }) => status !== null && Math.floor(status / 100) === Number(state[0]);
      return /^\d/.test(state)
        ? ({ status }) => status === Number(state)
        : ({ status }) => classifyStatus(status) === state;
  }
}

/** Every condition in force: the members of a filter that are joined by "and" one by one, then the conveniences. */
export function listConditions(where: Where): Condition[] {
  const { filters, status, section, minBacklinks, minReferringDomains, text, ...none } = where;
  const listed = filters === undefined ? [] : listFilterConditions(filters, where);
  const drop = (key: keyof Where): Where => {
    const { [key]: _dropped, ...rest } = where;
    return rest;
  };
  const add = (key: keyof Where, words: string | undefined) => {
    if (words !== undefined) listed.push({ words: toOneLine(words, MAX_WORDS_CHARS), without: drop(key) });
  };
  add("status", status && `status ${status}`);
  add("section", section && `section ${wordSection(section)}`);
  add("minBacklinks", minBacklinks === undefined ? undefined : `min_backlinks ${minBacklinks}`);
  add(
    "minReferringDomains",
    minReferringDomains === undefined ? undefined : `min_referring_domains ${minReferringDomains}`,
  );
  add("text", text === undefined ? undefined : `text ${toSafeJson(text)}`);
  // The compiler's word that nothing was forgotten above.
  none satisfies Record<string, never>;
  return listed;
}

function listFilterConditions(filter: Filter, { filters: _all, ...rest }: Where): Condition[] {
  const members = filter.kind === "group" && filter.join === "and" ? filter.members : [filter];
  return members.map((member) => {
    const others = members.filter((each) => each !== member);
    const [only] = others;
    const remaining: Filter | undefined = others.length > 1 ? { kind: "group", join: "and", members: others } : only;
    return {
      words: toOneLine(toSafeJson(toAskedFilter(member)), MAX_WORDS_CHARS),
      without: remaining === undefined ? rest : { filters: remaining, ...rest },
    };
  });
}

/**
 * Compiles all that is asked of a single page: words and filters. All else chooses rows.
 * @returns undefined when every page will do
 */
export function compileWhere(
  where: Where,
  rules: ItemRules,
  compileRegex?: CompileRegex,
): ((page: Page) => boolean) | undefined {
  const tests: ((page: Page) => boolean)[] = [];
  const { filters, text } = where;
  if (text !== undefined) tests.push(compileText(text));
  // Last: it costs most.
  if (filters !== undefined) {
    const accepts = compilePageFilter(filters, rules, compileRegex);
    tests.push(({ raw }) => accepts(raw));
  }
  return tests.length === 0 ? undefined : (page) => tests.every((holds) => holds(page));
}

/** Every word stands somewhere in the URL or the title, whatever its case; in a URL also percent-encoded. */
function compileText(text: string): (page: Page) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => ({ word, encoded: encodeURIComponent(word.replace(/\p{Cs}/gu, "\ufffd")).toLowerCase() }));
  return ({ url, title }) => {
    const place = url.toLowerCase();
    const name = title?.toLowerCase() ?? "";
    return words.every(({ word, encoded }) => place.includes(word) || name.includes(word) || place.includes(encoded));
  };
}

import { Refusal, toInputError } from "../../lists/arguments.ts";
import { type CompileRegex, compileFilter, type ItemRules } from "../../lists/filters/evaluate-filter.ts";
import { type Filter, toWireFilter } from "../../lists/filters/filter.ts";
import { listRegexes } from "../../lists/filters/match-texts.ts";
import { toOneLine, toSafeJson } from "../../lists/text.ts";
import { type Fold, type Folding, foldAll, foldSome } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import { foldersOf, isTopLevel, placeOf, type SectionPlace, sectionOf } from "../answer/sections.ts";
import { foldingOf, foldsOf } from "../findings/find-facts.ts";
import { classifyStatus, type Page } from "../page.ts";
import { withDefaults } from "../request.ts";
import type { Snapshot } from "../snapshot.ts";
import { type Section, type Where, wordSection } from "./pages-query.ts";
import type { PageState } from "./query-schema.ts";

/** The rows that meet a question's conditions. */
export interface Selection {
  /** In fetched order. */
  rows: readonly Fold[];
  /** The fetched pages in them. */
  pages: number;
}

/** What is worked out once for a snapshot, however often it is asked. */
interface Prepared {
  /** One row per fetched page; made when first asked for. */
  singles?: Fold[];
  sections: SectionIndex;
}

const PREPARED = new WeakMap<Snapshot, Prepared>();

function prepare(snapshot: Snapshot): Prepared {
  const known = PREPARED.get(snapshot);
  if (known !== undefined) return known;
  const fresh: Prepared = { sections: indexSections(foldsOf(snapshot), snapshot.request.target) };
  PREPARED.set(snapshot, fresh);
  return fresh;
}

/** The sections of a snapshot, the same for every question to it. */
export const sectionsOf = (snapshot: Snapshot): SectionIndex => prepare(snapshot).sections;

/** How the snapshot's items were asked for, as far as it matters to reading them. */
export const itemRulesOf = ({ request }: Snapshot): ItemRules => ({
  listLimit: withDefaults(request).internal_list_limit,
  target: request.target,
});

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
 * Chooses pages, then folds what was chosen: a row's figures cover exactly the matching pages of that fold. `section` and
 * `status` choose among the rows that came of it, by the page each is named after, so that they hold what the answer's
 * rollup and a grouping by status count.
 * @param fold false gives one row per matching page
 * @throws {AppError} `input` for a regex that takes too long
 */
export function selectRows(snapshot: Snapshot, where: Where, fold: boolean, terms: RegexTerms = {}): Selection {
  const { compileRegex, checkTime } = terms;
  const prepared = prepare(snapshot);
  const accepts = compileWhere(where, itemRulesOf(snapshot), compileRegex);
  const runsHere = compileRegex === undefined && where.filters !== undefined && listRegexes(where.filters).length > 0;
  const matching = accepts && filterInTime(snapshot.pages, accepts, runsHere ? checkTime : undefined);
  const isAll = matching === undefined || matching.length === snapshot.pages.length;
  const rows = fold
    ? isAll
      ? foldsOf(snapshot)
      : foldSome(matching, foldingOf(snapshot))
    : takeSingles(snapshot, matching, prepared);
  const { section, status } = where;
  const answers = status === undefined ? () => true : answersAs(status);
  const isChosen = (row: Fold) => answers(row.main) && (section === undefined || prepared.sections.isIn(row, section));
  const chosen = section === undefined && status === undefined ? rows : rows.filter(isChosen);
  return { rows: chosen, pages: chosen.reduce((sum, { members }) => sum + members.length, 0) };
}

function filterInTime(pages: readonly Page[], accepts: (page: Page) => boolean, checkTime?: () => void): Page[] {
  return pages.filter((page) => {
    checkTime?.();
    return accepts(page);
  });
}

function takeSingles(snapshot: Snapshot, matching: readonly Page[] | undefined, prepared: Prepared): Fold[] {
  prepared.singles ??= foldAll(apart(foldingOf(snapshot)));
  if (matching === undefined) return prepared.singles;
  const wanted = new Set(matching);
  return prepared.singles.filter(({ main }) => wanted.has(main));
}

/** Every page a row of its own; what it knows of its twin, or of where it ends, it knows still. */
const apart = ({ places, named }: Folding): Folding => ({
  places: places.map((place) => ({ ...place, finalKey: undefined })),
  named,
});

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
      words: toOneLine(toSafeJson(toWireFilter(member)), MAX_WORDS_CHARS),
      without: remaining === undefined ? rest : { filters: remaining, ...rest },
    };
  });
}

/**
 * Compiles all that is asked of a single page: everything but `section` and `status`, which choose rows. Least and most are held
 * against the page's own figures, before anything is folded; an unknown figure meets no condition.
 * @returns undefined when every page will do
 */
export function compileWhere(
  where: Where,
  rules: ItemRules,
  compileRegex?: CompileRegex,
): ((page: Page) => boolean) | undefined {
  const tests: ((page: Page) => boolean)[] = [];
  const { filters, minBacklinks, minReferringDomains, text } = where;
  if (minBacklinks !== undefined) tests.push(({ backlinks }) => backlinks !== null && backlinks >= minBacklinks);
  if (minReferringDomains !== undefined) {
    tests.push(({ referringDomains }) => referringDomains !== null && referringDomains >= minReferringDomains);
  }
  if (text !== undefined) tests.push(compileText(text));
  // Last: it costs most.
  if (filters !== undefined) {
    const accepts = compileFilter(filters, rules, compileRegex);
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

/** A path segment is a stranger's text, and mostly one or two words. */
const MAX_NAME_CHARS = 60;

/** Which section each row belongs to, by the rule of the answer's rollup (`answer/sections.ts`). */
export interface SectionIndex {
  /** `/blog`, `/`, `shop.acme.example/x`; null when the row's page has no readable URL. */
  nameOf: (row: Fold) => string | null;
  /**
   * The section, with folder and subdomain of one name taken together: `/blog + blog.acme.example`. Null as above.
   */
  areaOf: (row: Fold) => string | null;
  isIn: (row: Fold, section: Section) => boolean;
}

/**
 * Reads the sections off a whole snapshot, so that a row has the same section whatever is asked. A first path segment
 * that has pages below it is a section; the pages at the top level of a host, its home page among them, are together
 * `/`. A section deeper than that (`/blog/2019`) is everything under its path.
 * @param folds all rows of the snapshot
 */
export function indexSections(folds: readonly Fold[], target: string): SectionIndex {
  const folders = foldersOf(folds);
  const areas = indexAreas(folds, folders, target);
  return {
    areaOf: (row) => {
      const place = placeOf(row);
      return place === undefined ? null : areas(place);
    },
    nameOf: (row) => {
      const place = placeOf(row);
      if (place === undefined) return null;
      const name = sectionOf(place, folders);
      return toOneLine(name.startsWith(`${target}/`) ? name.slice(target.length) : name, MAX_NAME_CHARS);
    },
    isIn: (row, section) => {
      const place = placeOf(row);
      const isInPart = ({ host, path }: Section) => {
        if (place === undefined || place.host !== (host ?? target)) return false;
        if (path === "/") return isTopLevel(place, folders);
        return path === "" || isUnder(row.identity?.path ?? "", path);
      };
      return isInPart(section) || (section.also ?? []).some(isInPart);
    },
  };
}

/** Two hosts and a folder, each as long as a name may be. */
const MAX_AREA_CHARS = 3 * MAX_NAME_CHARS;

/** Names the area of a place by all that the snapshot has of it; what {@link parseSection} reads back. */
function indexAreas(
  folds: readonly Fold[],
  folders: ReadonlySet<string>,
  target: string,
): (place: SectionPlace) => string | null {
  const places = folds.flatMap((fold) => placeOf(fold) ?? []);
  const labelOf = (host: string) => (host.endsWith(`.${target}`) ? host.slice(0, -target.length - 1) : undefined);
  const labels = new Set(places.flatMap(({ host }) => labelOf(host) ?? []));
  const keyOf = (place: SectionPlace): { key: string; part: string } => {
    if (place.host !== target) return { key: labelOf(place.host) ?? place.host, part: place.host };
    if (isTopLevel(place, folders)) return { key: "/", part: "/" };
    const segment = place.folder.slice(target.length);
    const word = segment.slice(1).toLowerCase();
    return { key: labels.has(word) ? word : segment, part: segment };
  };
  const parts = new Map<string, Set<string>>();
  for (const place of places) {
    const { key, part } = keyOf(place);
    const known = parts.get(key);
    if (known === undefined) parts.set(key, new Set([part]));
    else known.add(part);
  }
  const isFolder = (part: string) => part.startsWith("/");
  const names = new Map(
    [...parts].map(([key, all]) => {
      const sorted = [...all].sort((a, b) => Number(isFolder(b)) - Number(isFolder(a)));
      return [key, toOneLine(sorted.join(" + "), MAX_AREA_CHARS)] as const;
    }),
  );
  return (place) => names.get(keyOf(place).key) ?? null;
}

/** `/blog` holds `/blog`, `/blog/…` and `/blog?…`, and not `/blogs`. */
function isUnder(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  const next = path[folder.length];
  return next === undefined || next === "/" || next === "?";
}

import type { WideBlock } from "../../lists/budget.ts";
import type { Cell } from "../../lists/cells.ts";
import { formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { foldersOf, placeOf, sectionOf, sumSections } from "../answer/sections.ts";
import { toDisplayUrl } from "../answer/table.ts";
import type { PlacedFinding } from "../findings/find-facts.ts";
import { backlinksCell, domainsCell, ofFold, toMoveCell } from "./changes-table.ts";

interface List {
  /** What it is called in the comparison. */
  name: string;
  target: string;
  folds: readonly Fold[];
  /** All that its own answer finds. */
  findings: readonly PlacedFinding[];
}

/** What two lists hold, beside each other: findings by rule, the pages with most links, the largest sections. */
export function toSideBySide(first: List, second: List): WideBlock[] {
  return [compareFindings(first, second), ...[topPages(first, second), allSections(first, second)]].filter(
    ({ rowCount }) => rowCount > 0,
  );
}

interface Found {
  rule: string;
  /** In a word or two. */
  name: string;
  /** Of its rule: hints are the last, whichever list has them. */
  place: number;
  /** Pages and backlinks, of each list; null where the rule found nothing. */
  sides: [{ pages: number; backlinks: number } | null, { pages: number; backlinks: number } | null];
}

function compareFindings(first: List, second: List): WideBlock {
  const found = new Map<string, Found>();
  for (const [side, { findings }] of [first, second].entries()) {
    for (const { place, finding } of findings) {
      const { name, pages, backlinks } = finding;
      const rule = nameRule(finding.rule);
      const entry = found.get(rule) ?? { rule, name, place, sides: [null, null] };
      entry.sides[side === 0 ? 0 : 1] = { pages, backlinks };
      found.set(rule, entry);
    }
  }
  const weightOf = ({ sides }: Found) => Math.max(...sides.map((side) => side?.backlinks ?? 0));
  const rules = [...found.values()].sort((a, b) => a.place - b.place || weightOf(b) - weightOf(a));
  return {
    name: "findings",
    says: "pages and their backlinks under each rule; empty where nothing was found",
    columns: ["rule", ...[first, second].flatMap((list) => [`${list.name} pages`, `${list.name} backlinks`])],
    rowCount: rules.length,
    row: (index) => {
      const entry = rules[index];
      if (entry === undefined) return [];
      return [entry.rule, ...entry.sides.flatMap((side): Cell[] => [side?.pages ?? null, side?.backlinks ?? null])];
    },
    describeRest: (from) =>
      rules
        .slice(from)
        .map(({ name, sides }) => `${name} ${sides.map((side) => formatCount(side?.pages ?? 0)).join(" and ")}`)
        .join(", "),
    share: 0.4,
  };
}

/** Some rules add what they found behind their brackets; without it they are the same rule in both lists. */
const nameRule = (rule: string): string => rule.replace(/(\([^)]*\)).*$/s, "$1");

/** More are in the rows of each snapshot. */
const MOST_PAGES = 10;

function topPages(first: List, second: List): WideBlock {
  const tops = [first, second].map(({ folds, target }) =>
    folds
      .filter(({ backlinks }) => backlinks !== null)
      .sort((a, b) => (b.backlinks ?? 0) - (a.backlinks ?? 0))
      .slice(0, MOST_PAGES)
      .map((fold) => ({ fold, target })),
  );
  // In turns, so that what fits shows as many of each.
  const rows = inTurns(tops, [first.name, second.name]).map(({ of, each: { fold, target } }): Cell[] => {
    const state = ofFold(fold);
    const url = toDisplayUrl(fold.main.url, target) || null;
    return [of, fold.main.handle, url, fold.main.status, backlinksCell(state), domainsCell(state)];
  });
  return {
    name: "pages with most backlinks",
    says: "",
    columns: ["of", "id", "url", "http", "backlinks", "ref_domains"],
    rowCount: rows.length,
    row: (index) => rows[index] ?? [],
    share: 0.3,
  };
}

/** All sections of both, so that none is lost: those that do not fit are counted, of each list for itself. */
function allSections(first: List, second: List): WideBlock {
  const sections = [first, second].map(({ folds, target }) => sumSections(folds, target));
  const names = [first.name, second.name] as const;
  const rows = inTurns(
    sections.map((each) => each.rows),
    names,
  ).map(({ of, each }): Cell[] => [of, ...each]);
  // One section of each is its list itself, of which the figures tell.
  const rowCount = sections.some((each) => each.rows.length > 1) ? rows.length : 0;
  return {
    name: "sections",
    says: "",
    columns: ["of", ...(sections[0]?.columns ?? [])],
    rowCount,
    row: (index) => rows[index] ?? [],
    describeRest: (from) =>
      names
        .map((name) => ({ name, left: rows.slice(from).filter(([of]) => of === name).length }))
        .filter(({ left }) => left > 0)
        .map(({ name, left }) => `${formatCount(left)} of ${name}`)
        .join(", "),
    share: 0.3,
  };
}

function inTurns<T>(
  [first = [], second = []]: readonly (readonly T[])[],
  names: readonly [string, string],
): { of: string; each: T }[] {
  const turns = Array.from({ length: Math.max(first.length, second.length) }, (_, index) => index);
  return turns.flatMap((index) => [
    ...first.slice(index, index + 1).map((each) => ({ of: names[0], each })),
    ...second.slice(index, index + 1).map((each) => ({ of: names[1], each })),
  ]);
}

interface Section {
  pages: number;
  backlinks: number;
  /** A page does not tell its backlinks. */
  isPartial: boolean;
}

/**
 * Sections (first path segments with pages below them, as in an answer) whose pages or links moved, the largest
 * difference of links first. What is a section is told by both lists together, so that both are cut alike.
 */
export function toSectionMoves(before: readonly Fold[], after: readonly Fold[], target: string): WideBlock {
  const folders = foldersOf([...before, ...after]);
  const [was, is] = [rollUp(before, folders), rollUp(after, folders)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const moved = names
    .map((name) => ({ name, from: was.get(name) ?? NONE, to: is.get(name) ?? NONE }))
    .map((each) => ({ ...each, by: each.to.backlinks - each.from.backlinks }))
    .filter(({ from, to, by }) => by !== 0 || from.pages !== to.pages)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  // One section is the list itself, whose sums are told already.
  const rows = names.length < 2 ? [] : moved;
  return {
    name: "sections that moved",
    says: "",
    columns: ["section", "pages", "backlinks", "change"],
    rowCount: rows.length,
    row: (index) => {
      const section = rows[index];
      if (section === undefined) return [];
      const { name, from, to, by } = section;
      return [toName(name, target), toMoveCell(from.pages, to.pages), toMoveCell(linksOf(from), linksOf(to)), by];
    },
    share: 0.2,
  };
}

const NONE: Section = { pages: 0, backlinks: 0, isPartial: false };

const linksOf = ({ backlinks, isPartial }: Section): Cell => (isPartial ? `${backlinks}+` : backlinks);

/** Under this name stands what is no URL. */
const UNREADABLE = "";

function rollUp(folds: readonly Fold[], folders: ReadonlySet<string>): Map<string, Section> {
  const sections = new Map<string, Section>();
  for (const fold of folds) {
    const place = placeOf(fold);
    const name = place === undefined ? UNREADABLE : sectionOf(place, folders);
    const { pages, backlinks, isPartial } = sections.get(name) ?? NONE;
    sections.set(name, {
      pages: pages + 1,
      backlinks: backlinks + (fold.backlinks ?? 0),
      isPartial: isPartial || fold.backlinks === null || fold.backlinksAtLeast,
    });
  }
  return sections;
}

const toName = (section: string, target: string): string =>
  section === UNREADABLE ? "(no URL)" : toDisplayUrl(`https://${section}`, target);

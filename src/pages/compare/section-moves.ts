import type { Fold } from "../answer/fold.ts";
import { foldersOf, placeOf, sectionOf } from "../answer/section-place.ts";
import { type Cell, toDisplayUrl } from "../answer/table.ts";
import type { WideBlock } from "./fit-blocks.ts";
import { toMoveCell } from "./page-state.ts";

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

import { type Cell, toCsv, toOverlapCell } from "../../lists/cells.ts";
import { formatCount, toOneLine } from "../../lists/text.ts";
import { countDead, type Fold, overlapDomains, sumBacklinks } from "./fold.ts";

/** A rollup of the list by host and first path segment; no rows when there is nothing to tell apart. */
export interface Sections {
  columns: string[];
  rows: Cell[][];
  /** Sections beyond the rows. */
  leftOut: number;
}

/** More than that is a second table. */
const MAX_SECTIONS = 6;

/** Below that the rows themselves are the overview. */
const MIN_FOLDS = 10;

/** A path segment is a stranger's text, and mostly one or two words. */
const MAX_NAME_CHARS = 60;

const COLUMNS = ["section", "pages", "backlinks", "ref_domains", "dead"];

export const NO_SECTIONS: Sections = { columns: COLUMNS, rows: [], leftOut: 0 };

/**
 * Sums the rows up by section, most backlinks first. A section is a first path segment that has pages below it
 * (`/blog`); pages at the top level of a host, its home page among them, are together `/`. Subdomains stand with their
 * host. Pages are counted after folding; unknown backlinks are marked as in the table: `12+`.
 */
export function rollUpSections(folds: readonly Fold[], target: string): Sections {
  if (folds.length < MIN_FOLDS) return NO_SECTIONS;
  const sections = sumSections(folds, target);
  if (sections.rows.length < 2) return NO_SECTIONS;
  const rows = sections.rows.slice(0, MAX_SECTIONS);
  return { columns: COLUMNS, rows, leftOut: sections.rows.length - rows.length };
}

/** Every section of a list, however few rows it has; as {@link rollUpSections} words them. */
export function sumSections(folds: readonly Fold[], target: string): Omit<Sections, "leftOut"> {
  const sections = [...gather(folds)].map(([name, members]) => ({ name, members, ...sumBacklinks(members) }));
  sections.sort((a, b) => (b.links ?? -1) - (a.links ?? -1));
  const rows = sections.map(({ name, members, links, isAtLeast }) => [
    toName(name, target),
    members.length,
    isAtLeast ? `${links}+` : links,
    toOverlapCell(overlapDomains(members)),
    countDead(members),
  ]);
  return { columns: COLUMNS, rows };
}

/** What a text adds to `/`, which would else be taken for the home page. */
export const TOP_LEVEL = "(top-level pages)";

/** `/ (top-level pages)`: the pages directly under the root of a host, of which its home page is only one. */
export const nameSection = (section: string): string => (section.endsWith("/") ? `${section} ${TOP_LEVEL}` : section);

/** One row, with its sections named as a text names them. */
export const nameSectionCells = (columns: readonly string[], row: readonly Cell[]): Cell[] =>
  row.map((cell, at) =>
    typeof cell === "string" && (columns[at] === "section" || columns[at] === "area") ? nameSection(cell) : cell,
  );

/**
 * A table whose sections have the names that a text gives them. In data, in filters and in CSV files the section keeps
 * its value, so that it can be asked for as it stands.
 */
export function withNamedSections<T extends { columns: readonly string[]; rows: readonly (readonly Cell[])[] }>(
  table: T,
): Omit<T, "rows"> & { rows: Cell[][] } {
  return { ...table, rows: table.rows.map((row) => nameSectionCells(table.columns, row)) };
}

/** `sections`, then CSV lines as in the table; empty without rows. */
export function renderSections(sections: Sections): string {
  const { columns, rows, leftOut } = withNamedSections(sections);
  if (rows.length === 0) return "";
  return ["sections", toCsv(columns, rows), ...(leftOut > 0 ? [`${formatCount(leftOut)} more`] : [])].join("\n");
}

/** Under this name stands what is no URL. */
const UNREADABLE = "";

/** Keyed by host and segment. */
function gather(folds: readonly Fold[]): Map<string, Fold[]> {
  const places = folds.map(placeOf);
  const folders = foldersAmong(folds, places);
  const sections = new Map<string, Fold[]>();
  for (const [at, fold] of folds.entries()) {
    const place = places[at];
    const name = place === undefined ? UNREADABLE : sectionOf(place, folders);
    const members = sections.get(name);
    if (members === undefined) sections.set(name, [fold]);
    else members.push(fold);
  }
  return sections;
}

function toName(section: string, target: string): string {
  if (section === UNREADABLE) return "(no URL)";
  const isOwn = section.startsWith(`${target}/`);
  return toOneLine(isOwn ? section.slice(target.length) : section, MAX_NAME_CHARS);
}

/** Where a page stands among sections. */
export interface SectionPlace {
  host: string;
  /** `acme.example/blog`; with nothing behind the slash for a home page. */
  folder: string;
  /** Something follows the segment, and be it a slash: `/blog/` is as deep as `/blog/post`. */
  isDeep: boolean;
}

/** @returns undefined for a page without a readable URL */
export function placeOf({ identity }: Pick<Fold, "identity">): SectionPlace | undefined {
  if (identity === undefined) return undefined;
  const { host, path } = identity;
  const slash = path.indexOf("/", 1);
  const query = path.indexOf("?", 1);
  const isSlashFirst = slash > 0 && (query < 0 || slash < query);
  const end = isSlashFirst ? slash : query;
  const segment = end < 0 ? path : path.slice(0, end);
  return { host, folder: host + segment, isDeep: isSlashFirst && segment !== "/" };
}

/**
 * First path segments that have pages below them: these are sections. Redirects count that lead out of the folder, since
 * they are rows of their own where they alone are asked for. A spelling of the page itself (`/about/` of `/about`) makes
 * no folder of it.
 */
export const foldersOf = (folds: readonly Fold[]): Set<string> => foldersAmong(folds, folds.map(placeOf));

function foldersAmong(folds: readonly Fold[], places: readonly (SectionPlace | undefined)[]): Set<string> {
  const folders = new Set<string>();
  for (const [at, { otherIdentities }] of folds.entries()) {
    const place = places[at];
    if (place?.isDeep === true) folders.add(place.folder);
    for (const identity of otherIdentities) {
      const other = placeOf({ identity });
      if (other?.isDeep === true && other.folder !== place?.folder) folders.add(other.folder);
    }
  }
  return folders;
}

/** The page stands at the top level of its host, its home page included: together these are the section `/`. */
export const isTopLevel = ({ folder }: SectionPlace, folders: ReadonlySet<string>): boolean => !folders.has(folder);

/** `acme.example/blog`, or `acme.example/` for the top level. */
export const sectionOf = (place: SectionPlace, folders: ReadonlySet<string>): string =>
  isTopLevel(place, folders) ? `${place.host}/` : place.folder;

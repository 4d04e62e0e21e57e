import { formatCount, toOneLine } from "../text.ts";
import { toCsv } from "./csv.ts";
import type { Fold, Range } from "./fold.ts";
import { isDead } from "./page-status.ts";
import { type Cell, toRangeCell } from "./table.ts";

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
  const sections = [...gather(folds)].map(([name, members]) => ({ name, members, backlinks: sumBacklinks(members) }));
  if (sections.length < 2) return NO_SECTIONS;
  sections.sort((a, b) => (b.backlinks ?? -1) - (a.backlinks ?? -1));
  const rows = sections
    .slice(0, MAX_SECTIONS)
    .map(({ name, members, backlinks }) => [
      toName(name, target),
      members.length,
      members.some((fold) => fold.backlinks === null || fold.backlinksAtLeast) && backlinks !== null
        ? `${backlinks}+`
        : backlinks,
      toRangeCell(overlap(members)),
      countDead(members),
    ]);
  return { columns: COLUMNS, rows, leftOut: sections.length - rows.length };
}

/** `sections`, then CSV lines as in the table; empty without rows. */
export function renderSections({ columns, rows, leftOut }: Sections): string {
  if (rows.length === 0) return "";
  return ["sections", toCsv(columns, rows), ...(leftOut > 0 ? [`${formatCount(leftOut)} more`] : [])].join("\n");
}

/** Under this name stands what is no URL. */
const UNREADABLE = "";

interface Place {
  host: string;
  /** `acme.example/blog`; with nothing behind the slash for a home page. */
  folder: string;
  /** Something follows the segment, and be it a slash: `/blog/` is as deep as `/blog/post`. */
  isDeep: boolean;
}

/** Keyed by host and segment. */
function gather(folds: readonly Fold[]): Map<string, Fold[]> {
  const places = folds.map(toPlace);
  const folders = new Set<string>();
  for (const place of places) if (place?.isDeep === true) folders.add(place.folder);
  const sections = new Map<string, Fold[]>();
  for (const [index, fold] of folds.entries()) {
    const place = places[index];
    const name = place === undefined ? UNREADABLE : folders.has(place.folder) ? place.folder : `${place.host}/`;
    const members = sections.get(name);
    if (members === undefined) sections.set(name, [fold]);
    else members.push(fold);
  }
  return sections;
}

function toPlace({ identity }: Fold): Place | undefined {
  if (identity === undefined) return undefined;
  const { host, path } = identity;
  const end = path.slice(1).search(/[/?]/) + 1;
  const segment = end === 0 ? path : path.slice(0, end);
  return { host, folder: host + segment, isDeep: segment !== "/" && path[end] === "/" && end > 0 };
}

function toName(section: string, target: string): string {
  if (section === UNREADABLE) return "(no URL)";
  const isOwn = section.startsWith(`${target}/`);
  return toOneLine(isOwn ? section.slice(target.length) : section, MAX_NAME_CHARS);
}

function sumBacklinks(folds: readonly Fold[]): number | null {
  const known = folds.flatMap(({ backlinks }) => backlinks ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Null when no status is known; an unknown one is not counted. */
function countDead(folds: readonly Fold[]): number | null {
  const known = folds.filter(({ main }) => main.status !== null);
  return known.length === 0 ? null : known.filter(({ main }) => isDead(main)).length;
}

/** Domains overlap between pages as they do between variants. */
function overlap(folds: readonly Fold[]): Range | null {
  let low: number | null = null;
  let high: number | null = 0;
  for (const { referringDomains } of folds) {
    if (referringDomains !== null) low = Math.max(low ?? 0, referringDomains.low);
    high =
      high === null || referringDomains === null || referringDomains.high === null
        ? null
        : high + referringDomains.high;
  }
  return low === null ? null : { low, high };
}

import type { Fold } from "../answer/fold.ts";
import { foldersOf, isTopLevel, placeOf, sectionOf } from "../answer/section-place.ts";
import { toOneLine } from "../text.ts";
import type { Section } from "./query.ts";

/** A path segment is a stranger's text, and mostly one or two words. */
const MAX_NAME_CHARS = 60;

/** Which section each row belongs to, by the rule of the answer's rollup (`answer/sections.ts`). */
export interface SectionIndex {
  /** `/blog`, `/`, `shop.acme.example/x`; null when the row's page has no readable URL. */
  nameOf: (row: Fold) => string | null;
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
  return {
    nameOf: (row) => {
      const place = placeOf(row);
      if (place === undefined) return null;
      const name = sectionOf(place, folders);
      return toOneLine(name.startsWith(`${target}/`) ? name.slice(target.length) : name, MAX_NAME_CHARS);
    },
    isIn: (row, { host, path }) => {
      const place = placeOf(row);
      if (place === undefined || place.host !== (host ?? target)) return false;
      if (path === "/") return isTopLevel(place, folders);
      return path === "" || isUnder(row.identity?.path ?? "", path);
    },
  };
}

/** `/blog` holds `/blog`, `/blog/…` and `/blog?…`, and not `/blogs`. */
function isUnder(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  const next = path[folder.length];
  return next === undefined || next === "/" || next === "?";
}

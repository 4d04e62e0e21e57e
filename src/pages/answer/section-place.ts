import type { Fold } from "./fold.ts";

/** Where a page stands among sections. */
export interface SectionPlace {
  host: string;
  /** `acme.example/blog`; with nothing behind the slash for a home page. */
  folder: string;
  /** Something follows the segment, and be it a slash: `/blog/` is as deep as `/blog/post`. */
  isDeep: boolean;
}

/** @returns undefined for a page without a readable URL */
export function placeOf({ identity }: Fold): SectionPlace | undefined {
  if (identity === undefined) return undefined;
  const { host, path } = identity;
  const end = path.slice(1).search(/[/?]/) + 1;
  const segment = end === 0 ? path : path.slice(0, end);
  return { host, folder: host + segment, isDeep: segment !== "/" && path[end] === "/" && end > 0 };
}

/** First path segments that have pages below them: these are sections. */
export function foldersOf(folds: readonly Fold[]): Set<string> {
  const folders = new Set<string>();
  for (const fold of folds) {
    const place = placeOf(fold);
    if (place?.isDeep === true) folders.add(place.folder);
  }
  return folders;
}

/** The page stands at the top level of its host, its home page included: together these are the section `/`. */
export const isTopLevel = ({ folder, isDeep }: SectionPlace, folders: ReadonlySet<string>): boolean =>
  !isDeep && !folders.has(folder);

/** `acme.example/blog`, or `acme.example/` for the top level. */
export const sectionOf = (place: SectionPlace, folders: ReadonlySet<string>): string =>
  isTopLevel(place, folders) ? `${place.host}/` : place.folder;

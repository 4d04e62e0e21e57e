import { got, parseLine, Refusal } from "../../lists/arguments.ts";
import { quoteForMessage, toOneLine } from "../../lists/text.ts";
import { type Fold, type Folding, foldAll } from "../answer/fold.ts";
import { foldersOf, isTopLevel, placeOf, type SectionPlace, sectionOf, TOP_LEVEL } from "../answer/sections.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { foldingOf, foldsOf } from "../findings/find-facts.ts";

/** A part of a site: everything on a host, everything under a path of it, or its top level. */
export interface Section {
  /** Null for the target itself. */
  host: string | null;
  /** `/blog` without a slash at its end; `/` for the pages at the top level; empty for the whole host. */
  path: string;
  /** More parts, any of which will do: an area may be a folder and a subdomain. */
  also?: Section[];
}

/** `/blog`, `shop.acme.example`, `shop.acme.example/x`, `/blog + blog.acme.example`. */
export const wordSection = ({ host, path, also = [] }: Section): string =>
  [`${host ?? ""}${path}`, ...also.map(wordSection)].join(" + ");

const WORKS = 'for example "/blog" or "shop.acme.example"';

/** A part of a site is named by a host and a few path segments. */
const MAX_SECTION_CHARS = 500;

/**
 * Reads a section as answers name it: `/blog`, `/`, `shop.acme.example`, `shop.acme.example/x`, and several joined by a
 * plus (`/blog + blog.acme.example`). A whole URL, a bare word (`blog`), a slash or `/*` at the end are read as what they
 * mean.
 * @throws {Refusal} for what names no part of a site
 */
export function parseSection(value: unknown, notes: string[]): Section {
  const parts = parseLine("section", value, MAX_SECTION_CHARS, WORKS).split(/\s+\+\s+/);
  const [first, ...also] = parts.map((part) => parsePart(part, notes));
  if (first === undefined) throw new Refusal("section", `names no part of a site, ${got(value)}`, WORKS);
  return also.length === 0 ? first : { ...first, also };
}

function parsePart(written: string, notes: string[]): Section {
  const bare = written
    .replace(` ${TOP_LEVEL}`, "")
    .replace(/^https?:\/\//i, "")
    .replace(/[#].*$/s, "")
    .replace(/(\/)?\*+$/, "$1");
  const isPath = bare.startsWith("/");
  const isWord = !isPath && !/[./:]/.test(bare);
  const identity =
    bare === "" ? undefined : identifyUrl(isPath || isWord ? `//-${isWord ? "/" : ""}${bare}` : `//${bare}`);
  if (identity === undefined) throw new Refusal("section", `names no part of a site, ${got(written)}`, WORKS);
  const hasPath = isPath || isWord || bare.includes("/");
  const section = {
    host: isPath || isWord ? null : identity.host,
    path: hasPath ? identity.path.replace(/(?<=.)\/+$/, "") : "",
  };
  const read = wordSection(section);
  if (read !== written && read !== written.replace(/\/\*?$/, "")) {
    notes.push(`section ${quoteForMessage(written)} read as ${quoteForMessage(read)}`);
  }
  return section;
}

/** Of single rows, and of folded ones. */
const INDEXED: readonly WeakMap<PagesSnapshot, SectionIndex>[] = [new WeakMap(), new WeakMap()];

/** One row per fetched page; made when first asked for. */
const SINGLES = new WeakMap<PagesSnapshot, Fold[]>();

export function singlesOf(snapshot: PagesSnapshot): Fold[] {
  const known = SINGLES.get(snapshot);
  if (known !== undefined) return known;
  const fresh = foldAll(apart(foldingOf(snapshot)));
  SINGLES.set(snapshot, fresh);
  return fresh;
}

/** Every page a row of its own; what it knows of its twin, or of where it ends, it knows still. */
const apart = ({ places, named }: Folding): Folding => ({
  places: places.map((place) => ({ ...place, finalKey: undefined })),
  named,
});

/**
 * The sections of a snapshot, the same for every question to it that is about rows of one kind.
 * @param fold false for one row per fetched page: of these, one more may have something below it
 */
export function sectionsOf(snapshot: PagesSnapshot, fold = true): SectionIndex {
  const indexed = INDEXED[Number(fold)];
  const known = indexed?.get(snapshot);
  if (known !== undefined) return known;
  const fresh = indexSections(fold ? foldsOf(snapshot) : singlesOf(snapshot), snapshot.request.target);
  indexed?.set(snapshot, fresh);
  return fresh;
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
  isIn: (row: Pick<Fold, "identity">, section: Section) => boolean;
}

/**
 * Reads the sections off a whole snapshot, so that a row has the same section whatever is asked. A first path segment
 * that has pages below it is a section; the pages at the top level of a host, its home page among them, are together
 * `/`. A section deeper than that (`/blog/2019`) is everything under its path.
 * @param folds all rows of the snapshot
 */
function indexSections(folds: readonly Fold[], target: string): SectionIndex {
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
  // Where only redirects stand: the area has a name where these are asked for alone.
  const places = folds.flatMap((fold) =>
    [fold, ...fold.otherIdentities.map((identity) => ({ identity }))].flatMap((each) => placeOf(each) ?? []),
  );
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

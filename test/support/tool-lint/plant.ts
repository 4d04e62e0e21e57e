import type { Json, Listing } from "./listing.ts";
import { type SchemaObject, schemasOf } from "./listing.ts";

/** One place where a violation can be planted. */
export interface Spot {
  /** Where the lint has to find it. */
  path: string;
  /** Changes the listing that the spot was found in. */
  plant: () => void;
}

/** A violation, wherever a listing has a place for it. */
export interface Plant {
  /** The one rule that has to catch it. */
  rule: string;
  what: string;
  spotsIn: (listing: Listing) => Spot[];
}

/** @returns a copy with the violation at its n-th spot, and that spot's path */
export function plantAt({ what, spotsIn }: Plant, listing: Listing, index: number): { planted: Listing; path: string } {
  const planted = structuredClone(listing);
  const spot = spotsIn(planted)[index];
  if (spot === undefined) throw new Error(`no spot ${index} for ${what}`);
  spot.plant();
  return { planted, path: spot.path };
}

/**
 * In every schema that `fits`.
 * @param change plants it
 * @param below the schema, where it has to be found; a JSON Pointer, empty for the schema itself
 */
export const inSchemas = (
  rule: string,
  what: string,
  below: string,
  fits: (place: SchemaObject) => boolean,
  change: (schema: Json) => void,
): Plant => ({
  rule,
  what,
  spotsIn: (listing) =>
    schemasOf(listing)
      .filter(fits)
      .map(({ path, value }) => ({ path: path + below, plant: () => change(value) })),
});

/** In every entry of a list that `fits`; the rest as for schemas. */
export const inEntries = (
  list: "tools" | "prompts" | "resources" | "resourceTemplates",
  rule: string,
  what: string,
  below: string,
  change: (entry: Json) => void,
  fits: (entry: Json) => boolean = () => true,
): Plant => ({
  rule,
  what,
  spotsIn: (listing) =>
    listing[list].flatMap((entry, index) =>
      fits(entry) ? [{ path: `/${list}/${index}${below}`, plant: () => change(entry) }] : [],
    ),
});

export const set =
  (key: string, value: unknown) =>
  (object: Json): void => {
    object[key] = value;
  };

export const drop =
  (key: string) =>
  (object: Json): void => {
    delete object[key];
  };

/** Long in characters and, unlike words, short in tokens. */
export const filler = (unit: string, count: number) => unit.repeat(count);

/** Names that no tool and no prompt may have. */
export const BAD_NAMES = ["getDomainPages", "get-domain-pages", "2_pages", "get pages", "", "a".repeat(42)];

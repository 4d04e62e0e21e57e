import type { GroupingRule } from "../../lists/query/group-rows.ts";
import type { Fold } from "../answer/fold.ts";
import { withDefaults } from "../body.ts";
import { OWN_FIELDS } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import type { ItemRules } from "../field-readers.ts";
import { foldsOf } from "../findings/find-facts.ts";
import type { Page } from "../page.ts";
import { PAGE_GROUPINGS } from "./page-groupings.ts";
import { GROUPINGS, type Grouping } from "./query-schema.ts";
import { singlesOf } from "./section-index.ts";

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
    ...groupings.map((grouping) => [grouping, readGroup(grouping, fold, snapshot, places)] as const),
    // The fields of these names are the upstream's own, and select as it does: by each URL.
    ["page_language", readGroup("language", fold, snapshot, places)],
    ["page_media_type", readGroup("media_type", fold, snapshot, places)],
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
function readGroup(
  grouping: Grouping,
  fold: boolean,
  snapshot: PagesSnapshot,
  places: PlaceItem,
): (item: unknown) => unknown {
  let rule: GroupingRule<Fold> | undefined;
  return (item) => {
    rule ??= PAGE_GROUPINGS[grouping].toRule(snapshot, fold);
    const row = places(item)?.row;
    if (row === undefined || rule.kind !== "value") return null;
    const groups = rule.read(row);
    return rule.isSeveral ? groups : (groups[0] ?? null);
  };
}

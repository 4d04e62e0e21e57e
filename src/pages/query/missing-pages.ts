import { type Coverage, wordBound, wordGaps, wordKept } from "../../lists/coverage.ts";
import type { Filter } from "../../lists/filters/filter.ts";
import { cutToTokens } from "../../lists/query/fit-table.ts";
import { toRequestBody } from "../../lists/request.ts";
import { noteBrokenOff } from "../../lists/snapshot.ts";
import { countOf, toSafeJson } from "../../lists/text.ts";
import { BREAKDOWNS } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { DOMAIN_PAGES } from "../domain-pages.ts";
import { compileFieldReader } from "../field-readers.ts";
import { itemRulesOf } from "./item-rules.ts";

const MAX_FILTER_TOKENS = 60;

/**
 * What of a target a snapshot does not hold, so that a question to it is not taken for one to the whole site: pages
 * that were not fetched, and those that its own request kept out.
 * @returns sentences; none for a snapshot of the whole target
 */
export function describeMissing(snapshot: PagesSnapshot, coverage: Coverage): string[] {
  const { filters, backlinks_filters } = toRequestBody(snapshot.request);
  const cut = (filter: unknown): string => cutToTokens(toSafeJson(filter), MAX_FILTER_TOKENS);
  return [
    ...noteBrokenOff(snapshot),
    ...describeNotFetched(coverage),
    ...(filters === undefined
      ? []
      : [`it was fetched with filters ${cut(filters)}: other pages of the target are not in it`]),
    ...(backlinks_filters === undefined ? [] : [`it counts only backlinks with ${cut(backlinks_filters)}`]),
  ];
}

function describeNotFetched({ itemsNotFetched, itemsSkipped, bound, elsewhere }: Coverage): string[] {
  if (elsewhere !== undefined) {
    const gaps = wordGaps(elsewhere, DOMAIN_PAGES.words);
    return [
      wordKept(elsewhere, DOMAIN_PAGES.words),
      ...(gaps === "" ? [] : [`${gaps} of the target not fetched may match too`]),
    ];
  }
  if (itemsNotFetched === null) return ["how many URLs were not fetched is not known; they may match too"];
  const missing = itemsNotFetched + itemsSkipped;
  if (missing === 0) return [];
  // No bound holds for the pages before the first fetched one.
  const bounded = bound === null || itemsSkipped > 0 ? "" : ` (${wordBound(bound)})`;
  return [`${countOf(missing, "URL")} of the target not fetched${bounded} may match too`];
}

/**
 * Says where a filter on a breakdown list cannot be decided: the list was cut, and the key is not among what is left, or
 * there is no list. Such a page does not match, though it might.
 */
export function noteCutLists(snapshot: PagesSnapshot, filters: Filter): string[] {
  const fields = new Map(listFields(filters));
  const rules = itemRulesOf(snapshot);
  return [...fields].flatMap(([field, shown]) => {
    const map = [...BREAKDOWNS.values()].find((each) => field.startsWith(`${each}.`));
    if (map === undefined) return [];
    const [read, readList] = [compileFieldReader(field, rules), compileFieldReader(map)];
    const unknown = snapshot.items.filter(({ raw }) => read(raw) === null);
    const untold = unknown.filter(({ raw }) => (readList(raw) ?? null) === null).length;
    const say = (count: number, why: string) =>
      count === 0
        ? []
        : [`${countOf(count, "URL")} ${count === 1 ? "does" : "do"} not tell ${shown} (${why}) and cannot match`];
    return [
      ...say(unknown.length - untold, `lists are cut to ${rules.listLimit} entries`),
      ...say(untold, "there is no such list of them"),
    ];
  });
}

/** Each with the name that it was asked by. */
const listFields = (filter: Filter): [field: string, shown: string][] =>
  filter.kind === "condition" ? [[filter.field, filter.shown ?? filter.field]] : filter.members.flatMap(listFields);

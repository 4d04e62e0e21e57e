import type { Coverage } from "../answer/coverage.ts";
import { wordBound } from "../answer/render-header.ts";
import { LINK_MAPS } from "../filters/catalogue.ts";
import { compileFieldReader } from "../filters/evaluate-filter.ts";
import type { Filter } from "../filters/filter.ts";
import { toRequestBody } from "../request/request.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { countOf, toSafeJson } from "../text.ts";
import { cutToTokens } from "./bounded.ts";
import { itemRulesOf } from "./select-rows.ts";

const MAX_FILTER_TOKENS = 60;

/**
 * What of a target a snapshot does not hold, so that a question to it is not taken for one to the whole site: pages
 * that were not fetched, and those that its own request kept out.
 * @returns sentences; none for a snapshot of the whole target
 */
export function describeMissing(snapshot: Snapshot, coverage: Coverage): string[] {
  const { filters, backlinks_filters } = toRequestBody(snapshot.request);
  const cut = (filter: unknown): string => cutToTokens(toSafeJson(filter), MAX_FILTER_TOKENS);
  return [
    ...describeNotFetched(coverage),
    ...(filters === undefined
      ? []
      : [`it was fetched with filters ${cut(filters)}: other pages of the target are not in it`]),
    ...(backlinks_filters === undefined ? [] : [`it counts only backlinks with ${cut(backlinks_filters)}`]),
  ];
}

function describeNotFetched({ pagesNotFetched, pagesSkipped, bound }: Coverage): string[] {
  if (pagesNotFetched === null) return ["how many pages were not fetched is not known; they may match too"];
  const missing = pagesNotFetched + pagesSkipped;
  if (missing === 0) return [];
  // No bound holds for the pages before the first fetched one.
  const bounded = bound === null || pagesSkipped > 0 ? "" : ` (${wordBound(bound)})`;
  return [`${countOf(missing, "page")} of the target not fetched${bounded} may match too`];
}

/**
 * Says where a filter on a breakdown list cannot be decided: the list was cut, and the key is not among what is left.
 * Such a page does not match, though it might.
 */
export function noteCutLists(snapshot: Snapshot, filters: Filter | undefined): string[] {
  const fields = filters === undefined ? [] : [...new Set(listFields(filters))];
  const rules = itemRulesOf(snapshot);
  return fields
    .filter((field) => LINK_MAPS.some((map) => field.startsWith(`${map}.`)))
    .flatMap((field) => {
      const read = compileFieldReader(field, rules);
      const unknown = snapshot.pages.filter(({ raw }) => read(raw) === null).length;
      if (unknown === 0) return [];
      const pages = `${countOf(unknown, "page")} ${unknown === 1 ? "does" : "do"}`;
      return [`${pages} not tell ${field} (lists are cut to ${rules.listLimit} entries) and cannot match`];
    });
}

const listFields = (filter: Filter): string[] =>
  filter.kind === "condition" ? [filter.field] : filter.members.flatMap(listFields);

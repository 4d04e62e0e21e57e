import { CATALOGUES } from "../filters/catalogue.ts";
import { resolveField } from "../filters/field-names.ts";
import { type Condition, countConditions, type Filter } from "../filters/filter.ts";
import { Refusal } from "../request/refusal.ts";
import { toOneLine } from "../text.ts";
import type { Grouping } from "./choices.ts";
import type { Group } from "./group-rows.ts";
import { parseSection } from "./parse-section.ts";
import type { PagesQuery } from "./query.ts";

/** The upstream's limit for one filter; the parser would refuse more. */
const MAX_CONDITIONS = 8;

/** A key longer than that makes no call worth copying. */
const MAX_KEY_CHARS = 100;

/** Groupings by a field of which a group is one value. */
const BY_FIELD: Partial<Record<Grouping, string>> = { media_type: "media_type", language: "meta.language" };

/** Groupings by a map of which filters know the keys. */
const BY_MAP: Partial<Record<Grouping, string>> = {
  tld: "page_summary.referring_links_tld",
  platform: "page_summary.referring_links_platform_types",
  link_type: "page_summary.referring_links_types",
  attribute: "page_summary.referring_links_attributes",
  semantic_location: "page_summary.referring_links_semantic_locations",
};

/**
 * The question that lists the pages of one group.
 * @returns undefined where no condition says what the group is
 */
export function narrowTo(query: PagesQuery, { key, rows }: Group): { query: PagesQuery; name: string } | undefined {
  const { groupBy, where } = query;
  if (key === null || groupBy === null || key.length > MAX_KEY_CHARS) return undefined;
  const list: PagesQuery = { ...query, groupBy: null, limit: null, offset: 0 };
  const name = toOneLine(key, MAX_KEY_CHARS);
  // The condition of another section would be lost.
  if (groupBy === "section" || groupBy === "subdomain") {
    if (where.section !== undefined || key.endsWith("…")) return undefined;
    const section = unlessRefused(() => parseSection(key, []));
    return section && { query: { ...list, where: { ...where, section } }, name };
  }
  const condition =
    groupBy === "status" ? equals("status_code", rows[0]?.main.status ?? null) : toCondition(groupBy, key);
  const filters = condition && join(where.filters, condition);
  return filters && { query: { ...list, where: { ...where, filters } }, name };
}

function toCondition(groupBy: Grouping, key: string): Condition | undefined {
  const field = BY_FIELD[groupBy];
  if (field !== undefined) return equals(field, key);
  const map = BY_MAP[groupBy];
  const resolved = map === undefined ? undefined : resolve(`${map}.${key === "" ? "$empty" : key}`);
  return resolved === undefined
    ? undefined
    : { kind: "condition", field: resolved, type: "num", operator: ">", value: 0 };
}

function equals(field: string, value: string | number | null): Condition | undefined {
  const type = CATALOGUES.pages.get(field);
  return value === null || type === undefined ? undefined : { kind: "condition", field, type, operator: "=", value };
}

/** Maps hold keys that filters do not know, such as the attribute `ugc`. */
const resolve = (field: string): string | undefined =>
  unlessRefused(
    () => resolveField(field, "filters", { catalogue: "pages", mapBareNames: true, allowUnknown: false }).name,
  );

/** A group's name is a stranger's word: where it is no argument, there is no call to offer. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function join(filter: Filter | undefined, condition: Condition): Filter | undefined {
  if (filter === undefined) return condition;
  if (countConditions(filter) >= MAX_CONDITIONS) return undefined;
  const members = filter.kind === "group" && filter.join === "and" ? filter.members : [filter];
  return { kind: "group", join: "and", members: [...members, condition] };
}

import { got, Refusal } from "../../lists/arguments.ts";
import { toOverlapCell } from "../../lists/cells.ts";
import { toPercent } from "../../lists/filters/evaluate-filter.ts";
import type { FieldType } from "../../lists/filters/field-names.ts";
import { parseTime } from "../../lists/filters/filter.ts";
import {
  type ByMap,
  byValue,
  type GroupColumn,
  type Grouping as GroupingOf,
  type Narrowing,
  toMonth,
  UNKNOWN,
} from "../../lists/query/group-rows.ts";
import { type JsonObject, latestOf } from "../../lists/snapshot.ts";
import { quoteForMessage } from "../../lists/text.ts";
import { countDead, type Fold, overlapDomains, sumBacklinks } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import { nameSection } from "../answer/sections.ts";
import { asksForLinkers, LINKERS_UNNAMED } from "../catalogue.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { classifyStatus, type Page } from "../page.ts";
import type { PageConditions } from "./page-conditions.ts";
import { GROUPINGS, type Grouping } from "./query-schema.ts";
import { parseSection, type SectionIndex, sectionsOf } from "./section-index.ts";

type PageGrouping = GroupingOf<PagesSnapshot, Fold, PageConditions>;
type PageNarrowing = Narrowing<Fold, PageConditions>;

const DOMAINS: GroupColumn<Fold> = { name: "ref_domains", read: ({ rows }) => toOverlapCell(overlapDomains(rows)) };
const DEAD: GroupColumn<Fold> = { name: "dead", read: ({ rows }) => countDead(rows) };

/** Backlinks of a page on average, one digit behind the point; at least that many where some are not known. */
const LINKS_PER_PAGE: GroupColumn<Fold> = {
  name: "links/page",
  read: ({ links, isAtLeast, rows }) => {
    if (links === null || rows.length === 0) return null;
    const mean = Math.round((10 * links) / rows.length) / 10;
    return isAtLeast ? `${mean}+` : mean;
  },
};

/** Of the group's known backlinks, those that lead to pages which fail. */
const DEAD_LINKS: GroupColumn<Fold> = {
  name: "dead_links%",
  read: ({ links, rows }) => toPercent(sumBacklinks(rows.filter(({ main }) => isDead(main))).links ?? 0, links, 1),
};

/** Rows parted by a value of theirs. */
const byRow = (
  read: (row: Fold) => string | null,
  more: Pick<PageGrouping, "narrow" | "isByArgument"> = {},
): PageGrouping => {
  const rule = byValue(read);
  return { kind: "value", toRule: () => rule, columns: [DOMAINS, DEAD], ...more };
};

/** The same of what a snapshot says of its sections. */
const bySection = (
  read: (sections: SectionIndex, row: Fold) => string | null,
  columns: PageGrouping["columns"] = [DOMAINS, DEAD],
): PageGrouping => ({
  kind: "value",
  toRule: (snapshot, fold) => {
    const sections = sectionsOf(snapshot, fold);
    return byValue((row) => read(sections, row));
  },
  columns,
  isByArgument: true,
  narrow: BY_SECTION,
});

/** The condition of another section would be lost. */
const BY_SECTION: PageNarrowing = {
  kind: "own",
  toWhere: (key, _group, { section }) =>
    section !== undefined || key.endsWith("…") ? undefined : { section: parseSection(key, []) },
  name: nameSection,
};

/**
 * The argument takes rows, as the groups do; a filter would take URLs, those folded into other rows among them. What was
 * asked of the status already is true of each of the group's rows.
 */
const BY_STATUS: PageNarrowing = {
  kind: "own",
  toWhere: (_key, { rows }) => {
    const status = rows[0]?.main.status ?? null;
    return status === null ? undefined : { status: `${status}` };
  },
};

/**
 * A field of which a group is one value. Filters take these names by rows, as the groups do (`itemRulesOf`);
 * `meta.language` they take by URL, as the upstream does, where a redirect of no language is not its page.
 */
const byField = (field: string, type: FieldType = "str"): Pick<PageGrouping, "narrow"> => ({
  narrow: { kind: "value", field, type },
});

const NONE = "(none)";

/** Links parted by a counting map of the pages they lead to. */
function byMap(
  name: string,
  map: string,
  { emptyKey = NONE, isPartition = true }: Partial<Pick<ByMap<Fold>, "emptyKey" | "isPartition">> = {},
): PageGrouping {
  const rule: ByMap<Fold> = {
    kind: "map",
    read: ({ raw }) => toObject(toObject(raw["page_summary"])?.[map]),
    whole: ({ referringPages }) => referringPages,
    emptyKey,
    isPartition,
  };
  const narrow: PageNarrowing = { kind: "count", toField: (key) => `${name}:${key}` };
  return { kind: "map", toRule: () => rule, columns: [DEAD], narrow };
}

/** By the earliest of a row's variants; a date after the snapshot itself is none. */
const byMonth = (field: string, read: (pages: readonly Page[]) => number[]): PageGrouping => ({
  kind: "value",
  toRule: (snapshot) => {
    const until = latestOf(snapshot);
    return byValue(({ members }) => {
      const first = findEarliest(read(members), until);
      return first === undefined ? null : toMonth(first);
    });
  },
  columns: [DOMAINS, DEAD],
  isTime: true,
  ...byField(field),
});

function findEarliest(times: readonly number[], until: number): number | undefined {
  const told = times.filter((at) => at <= until);
  return told.length === 0 ? undefined : told.reduce((first, at) => Math.min(first, at));
}

const readFirstSeen = (pages: readonly Page[]): number[] =>
  pages.flatMap(({ raw }) => readTime(toObject(raw["page_summary"])?.["first_seen"]));

const readFirstVisited = (pages: readonly Page[]): number[] =>
  pages.flatMap(({ raw }) => readTime(raw["first_visited"]));

/** When the first backlink of any of these pages was seen, ms since the epoch; undefined when none tells it. */
export const findFirstSeen = (pages: readonly Page[], until = Number.POSITIVE_INFINITY): number | undefined =>
  findEarliest(readFirstSeen(pages), until);

/** THE table of groupings, in the order in which they are listed (`GROUPINGS`, which is advertised at start). */
export const PAGE_GROUPINGS: Readonly<Record<Grouping, PageGrouping>> = {
  section: bySection((sections, row) => sections.nameOf(row)),
  subdomain: byRow(({ identity }) => identity?.host ?? null, { isByArgument: true, narrow: BY_SECTION }),
  // What decides about a relaunch: also how much a page earns, and how much of it is lost on pages that fail.
  area: bySection((sections, row) => sections.areaOf(row), [LINKS_PER_PAGE, DOMAINS, DEAD, DEAD_LINKS]),
  status: byRow(({ main }) => wordStatus(main), { isByArgument: true, narrow: BY_STATUS }),
  media_type: byRow(({ main }) => toText(main.raw["media_type"]), byField("page_media_type")),
  language: byRow(({ main }) => toText(toObject(main.raw["meta"])?.["language"]), byField("page_language")),
  technology: {
    kind: "value",
    toRule: () => ({ kind: "value", read: ({ main }) => listTechnologies(main), isSeveral: true }),
    columns: [DOMAINS, DEAD],
    ...byField("technology", "array.str"),
  },
  tld: byMap("tld", "referring_links_tld"),
  country: byMap("country", "referring_links_countries", { emptyKey: UNKNOWN }),
  platform: byMap("platform", "referring_links_platform_types", { isPartition: false }),
  link_type: byMap("link_type", "referring_links_types"),
  attribute: byMap("attribute", "referring_links_attributes", { isPartition: false }),
  semantic_location: byMap("semantic_location", "referring_links_semantic_locations"),
  month_first_seen: byMonth("month_first_seen", readFirstSeen),
  month_first_visited: byMonth("month_first_visited", readFirstVisited),
};

/** What else the columns are called: by the fields that they sum up. */
export const OTHER_GROUP_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map([
  ["page_summary.backlinks", ["backlinks", "ref_links"]],
  ["referring_domains", ["ref_domains"]],
  ["page_summary.referring_domains", ["ref_domains"]],
  ["count", ["pages"]],
  ["broken", ["dead"]],
]);

/** A group of linking sites would name them. */
export function refuseGrouping(value: unknown): Refusal | undefined {
  if (typeof value === "string" && (asksForLinkers(value) || /^\s*ref(?:erring)?[\s_-]/i.test(value))) {
    const works = "country, tld, platform, link_type, attribute or semantic_location tell of what kind they are";
    return new Refusal("group_by", `${quoteForMessage(value)} cannot be grouped by: ${LINKERS_UNNAMED}`, works);
  }
  const meant = typeof value === "string" ? MEANT_GROUPINGS.get(value.trim().toLowerCase()) : undefined;
  return meant === undefined
    ? undefined
    : new Refusal("group_by", `must be one of ${GROUPINGS.join(", ")}, ${got(value)}`, meant);
}

/** Other words for where a page stands; a domain could be that of a linking site, so it is not read as one of these. */
const MEANT_GROUPINGS: ReadonlyMap<string, string> = new Map([
  ...["domain", "host", "hostname"].map((word) => [word, 'the hosts of the target are "subdomain"'] as const),
  ...["path", "folder", "directory", "url"].map((word) => [word, 'the first folders are "section"'] as const),
  ["month", 'for example "month_first_seen"'],
  ["http", 'the statuses are "status"'],
  ["status_code", 'the statuses are "status"'],
]);

const readTime = (value: unknown): number[] => {
  const at = typeof value === "string" ? parseTime(value) : undefined;
  return at === undefined ? [] : [at];
};

/** `404 gone`, `403 refused`, `503 trouble`, `301 redirect`; the bare number where it says nothing. */
function wordStatus({ status }: Page): string | null {
  if (status === null) return null;
  const state = classifyStatus(status);
  return state === null ? String(status) : `${status} ${state}`;
}

/** Each once, whatever they are used for. */
function listTechnologies({ raw }: Page): string[] {
  const found = toObject(toObject(raw["meta"])?.["technologies"]) ?? {};
  const names = Object.values(found).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [...new Set(names.flatMap((name) => toText(name) ?? []))];
}

const toText = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);

const toObject = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

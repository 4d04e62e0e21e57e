import { parseTime } from "../../lists/filters/filter.ts";
import { type JsonObject, latestOf } from "../../lists/snapshot.ts";
import { type Fold, sumBacklinks } from "../answer/fold.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { toCount } from "../findings/skew.ts";
import { classifyStatus, type Page } from "../page.ts";
import type { Grouping } from "./query-schema.ts";
import { sectionsOf } from "./section-index.ts";

/** One group, or several taken together. */
export interface Group {
  /** What it is called in the data; null for rows that do not tell. */
  key: string | null;
  rows: readonly Fold[];
  /** Backlinks of its rows; for a grouping by map the referring links counted under its key. Null is unknown. */
  links: number | null;
  /** There may be more {@link links}: a row's count is unknown, or a map was cut before this key. */
  isAtLeast: boolean;
}

/**
 * Parts rows into groups, most backlinks (or links) first, months in their order, unknown ones last. By a value of
 * their own, every row is in a group, and the groups' backlinks are those of the rows. By map, a row is in every group
 * of which it holds a link.
 * @param listLimit the most keys a map can have; one with that many may have been cut
 */
export function groupRows(rows: readonly Fold[], rule: GroupingRule, listLimit: number | null): Group[] {
  const groups = rule.kind === "value" ? groupByValue(rows, rule) : groupByMap(rows, rule, listLimit);
  if (isByTime(rule)) return groups.sort(byTime);
  return groups.sort((a, b) => (b.links ?? -1) - (a.links ?? -1));
}

function groupByValue(rows: readonly Fold[], { read }: ByValue): Group[] {
  const groups = new Map<string | null, Fold[]>();
  const add = (key: string | null, row: Fold) => {
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  };
  for (const row of rows) {
    const values = read(row);
    if (values.length === 0) add(null, row);
    for (const value of values) add(value, row);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members, ...sumBacklinks(members) }));
}

/** Whether it parts rows by month: its groups stand in the order of time. */
export const isByTime = (rule: GroupingRule): boolean => rule.kind === "value" && rule.isTime === true;

/** For groups of which not all may be shown: the newest months are what is asked for. Those of unknown time last. */
export const newestFirst = (groups: readonly Group[]): Group[] =>
  groups.toSorted((a, b) => (a.key === null || b.key === null ? byTime(a, b) : byTime(b, a)));

/** Months in their order, those of unknown time last. */
export function byTime({ key: a }: Group, { key: b }: Group): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** A list of exactly as many entries as there could be is whole all the same, where its counts come to all there is. */
function holdsAll(counts: readonly [string, unknown][], { referringPages }: Page): boolean {
  const sum = counts.reduce((total, [, value]) => total + (toCount(value) ?? 0), 0);
  return referringPages !== null && sum >= referringPages;
}

function groupByMap(rows: readonly Fold[], { read, isPartition }: ByMap, listLimit: number | null): Group[] {
  const groups = new Map<string, { rows: Set<Fold>; links: number; openMaps: number }>();
  // Maps that may hide a key which they do not hold: those that are cut, and those that are not told.
  let openMaps = 0;
  const groupOf = (key: string) => {
    const known = groups.get(key);
    if (known !== undefined) return known;
    const fresh = { rows: new Set<Fold>(), links: 0, openMaps: 0 };
    groups.set(key, fresh);
    return fresh;
  };
  const add = (row: Fold, page: Page) => {
    const map = read(page);
    const counts = Object.entries(map ?? {});
    const isFull = listLimit !== null && counts.length >= listLimit;
    const isOpen = map === null ? page.referringPages !== 0 : isFull && !(isPartition && holdsAll(counts, page));
    const open = isOpen ? 1 : 0;
    openMaps += open;
    for (const [key, value] of counts) {
      const count = toCount(value);
      if (count === null) continue;
      const group = groupOf(key);
      group.rows.add(row);
      group.links += count;
      group.openMaps += open;
    }
  };
  for (const row of rows) for (const page of row.members) add(row, page);
  return [...groups].map(([key, group]) => ({
    key,
    rows: [...group.rows],
    links: group.links,
    isAtLeast: group.openMaps < openMaps,
  }));
}

/** Several groups as one; a row that is in several of them counts once, but its links under each key. */
export function mergeGroups(groups: readonly Group[], rule: GroupingRule): Group {
  const rows = [...new Set(groups.flatMap((group) => group.rows))];
  if (rule.kind === "value") return { key: null, rows, ...sumBacklinks(rows) };
  return {
    key: null,
    rows,
    links: groups.reduce((sum, { links }) => sum + (links ?? 0), 0),
    isAtLeast: groups.some(({ isAtLeast }) => isAtLeast),
  };
}

/** What a group is called where nothing names it. */
export const nameOf = ({ key }: Group, rule: GroupingRule): { name: string; isOurs: boolean } => {
  if (key === null) return { name: UNKNOWN, isOurs: true };
  if (key === "" && rule.kind === "map") return { name: rule.emptyKey, isOurs: true };
  return { name: key, isOurs: false };
};

/** Rows parted by a value of their own. A row may have several (technologies), or none: then it is in `(unknown)`. */
export interface ByValue {
  kind: "value";
  read: (row: Fold) => readonly string[];
  /** A row can be in several groups, so that groups do not add up to the whole. */
  isSeveral: boolean;
  /** Its values are months: they stand in the order of time. */
  isTime?: true;
}

/** Links parted by a counting map of the pages they lead to. */
export interface ByMap {
  kind: "map";
  /** The map; null when the page does not tell it. */
  read: (page: Page) => JsonObject | null;
  /** What a key of no characters means. */
  emptyKey: string;
  /** Each referring page stands under one key, so that the counts of a whole map come to all of them. */
  isPartition: boolean;
}

export type GroupingRule = ByValue | ByMap;

export const UNKNOWN = "(unknown)";
const NONE = "(none)";

/** By what rows are grouped, and whether they are folded or one per fetched page. */
export interface Grouped {
  grouping: Grouping;
  fold: boolean;
}

/**
 * How a grouping reads the rows of a snapshot.
 * @param wholeOf the row that says what a page is, given the row of those of its URLs which match: a filter on the same
 * goes by it. Left out: the row itself
 */
export function toGroupingRule(grouped: Grouped, snapshot: PagesSnapshot, wholeOf?: (row: Fold) => Fold): GroupingRule {
  const rule = findRule(grouped, snapshot);
  if (rule.kind === "map" || wholeOf === undefined || BY_ARGUMENT.has(grouped.grouping)) return rule;
  return { ...rule, read: (row: Fold) => rule.read(wholeOf(row)) };
}

/** Groups that an argument of their own chooses, which goes by the rows of what matches. */
const BY_ARGUMENT: ReadonlySet<Grouping> = new Set(["section", "area", "subdomain", "status"]);

function findRule({ grouping, fold }: Grouped, snapshot: PagesSnapshot): GroupingRule {
  if (grouping === "section") {
    const sections = sectionsOf(snapshot, fold);
    return byValue((row) => sections.nameOf(row));
  }
  if (grouping === "area") {
    const sections = sectionsOf(snapshot, fold);
    return byValue((row) => sections.areaOf(row));
  }
  if (grouping === "month_first_seen" || grouping === "month_first_visited")
    return byMonth(grouping, latestOf(snapshot));
  return RULES[grouping];
}

const byValue = (read: (row: Fold) => string | null): ByValue => ({
  kind: "value",
  read: (row) => {
    const value = read(row);
    return value === null ? [] : [value];
  },
  isSeveral: false,
});

const byMap = (name: string, { emptyKey = NONE, isPartition = true } = {}): ByMap => ({
  kind: "map",
  read: ({ raw }) => toObject(toObject(raw["page_summary"])?.[name]),
  emptyKey,
  isPartition,
});

const RULES: Readonly<Record<Exclude<Grouping, "section" | "area" | keyof typeof MONTHS>, GroupingRule>> = {
  subdomain: byValue(({ identity }) => identity?.host ?? null),
  status: byValue(({ main }) => wordStatus(main)),
  media_type: byValue(({ main }) => toText(main.raw["media_type"])),
  language: byValue(({ main }) => toText(toObject(main.raw["meta"])?.["language"])),
  technology: { kind: "value", read: ({ main }) => listTechnologies(main), isSeveral: true },
  tld: byMap("referring_links_tld"),
  country: byMap("referring_links_countries", { emptyKey: UNKNOWN }),
  platform: byMap("referring_links_platform_types", { isPartition: false }),
  link_type: byMap("referring_links_types"),
  attribute: byMap("referring_links_attributes", { isPartition: false }),
  semantic_location: byMap("referring_links_semantic_locations"),
};

const MONTHS: Readonly<Record<"month_first_seen" | "month_first_visited", (pages: readonly Page[]) => number[]>> = {
  month_first_seen: (pages) => pages.flatMap(({ raw }) => readTime(toObject(raw["page_summary"])?.["first_seen"])),
  month_first_visited: (pages) => pages.flatMap(({ raw }) => readTime(raw["first_visited"])),
};

const readTime = (value: unknown): number[] => {
  const at = typeof value === "string" ? parseTime(value) : undefined;
  return at === undefined ? [] : [at];
};

/** By the earliest of its variants; a date after the snapshot itself is none. */
function byMonth(grouping: keyof typeof MONTHS, until: number): GroupingRule {
  const read = MONTHS[grouping];
  const toEarliest = (pages: readonly Page[]): number | undefined => {
    const times = read(pages).filter((at) => at <= until);
    return times.length === 0 ? undefined : times.reduce((first, at) => Math.min(first, at));
  };
  return { ...byValue(({ members }) => toMonth(toEarliest(members))), isTime: true };
}

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

/** `2026-01` */
function toMonth(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString().slice(0, 7);
}

const toText = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);

const toObject = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

/** When the first backlink of any of these pages was seen, ms since the epoch; undefined when none tells it. */
export function findFirstSeen(pages: readonly Page[], until = Number.POSITIVE_INFINITY): number | undefined {
  const times = MONTHS.month_first_seen(pages).filter((at) => at <= until);
  return times.length === 0 ? undefined : times.reduce((first, at) => Math.min(first, at));
}

import { parseTime } from "../../lists/filters/filter.ts";
import { type Fold, sumBacklinks } from "../answer/fold.ts";
import { toCount } from "../findings/skew.ts";
import { classifyStatus, type JsonObject, type Page } from "../page.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Grouping } from "./query-schema.ts";
import { sectionsOf } from "./select-rows.ts";

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
 * Parts rows into groups, most backlinks (or links) first, unknown ones last. By a value of their own, every row is in
 * a group, and the groups' backlinks are those of the rows. By map, a row is in every group of which it holds a link.
 * @param listLimit the most keys a map can have; one with that many may have been cut
 */
export function groupRows(rows: readonly Fold[], rule: GroupingRule, listLimit: number | null): Group[] {
  const groups = rule.kind === "value" ? groupByValue(rows, rule) : groupByMap(rows, rule, listLimit);
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

function groupByMap(rows: readonly Fold[], { read }: ByMap, listLimit: number | null): Group[] {
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
    const isOpen = map === null ? page.referringPages !== 0 : listLimit !== null && counts.length >= listLimit;
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
}

/** Links parted by a counting map of the pages they lead to. */
export interface ByMap {
  kind: "map";
  /** The map; null when the page does not tell it. */
  read: (page: Page) => JsonObject | null;
  /** What a key of no characters means. */
  emptyKey: string;
}

export type GroupingRule = ByValue | ByMap;

export const UNKNOWN = "(unknown)";
const NONE = "(none)";

/** How a grouping reads the rows of a snapshot. */
export function toGroupingRule(grouping: Grouping, snapshot: Snapshot): GroupingRule {
  if (grouping === "section") {
    const sections = sectionsOf(snapshot);
    return byValue((row) => sections.nameOf(row));
  }
  if (grouping === "area") {
    const sections = sectionsOf(snapshot);
    return byValue((row) => sections.areaOf(row));
  }
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

const byMap = (name: string, emptyKey = NONE): ByMap => ({
  kind: "map",
  read: ({ raw }) => toObject(toObject(raw["page_summary"])?.[name]),
  emptyKey,
});

const RULES: Readonly<Record<Exclude<Grouping, "section" | "area">, GroupingRule>> = {
  subdomain: byValue(({ identity }) => identity?.host ?? null),
  status: byValue(({ main }) => wordStatus(main)),
  media_type: byValue(({ main }) => toText(main.raw["media_type"])),
  language: byValue(({ main }) => toText(toObject(main.raw["meta"])?.["language"])),
  technology: { kind: "value", read: ({ main }) => listTechnologies(main), isSeveral: true },
  tld: byMap("referring_links_tld"),
  country: byMap("referring_links_countries", UNKNOWN),
  platform: byMap("referring_links_platform_types"),
  link_type: byMap("referring_links_types"),
  attribute: byMap("referring_links_attributes"),
  semantic_location: byMap("referring_links_semantic_locations"),
  month_first_seen: byValue(({ members }) => toMonth(findFirstSeen(members))),
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

/** `2026-01` */
function toMonth(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString().slice(0, 7);
}

const toText = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);

const toObject = (value: unknown): JsonObject | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;

/** When the first backlink of any of these pages was seen, ms since the epoch; undefined when none tells it. */
export function findFirstSeen(pages: readonly Page[]): number | undefined {
  let first: number | undefined;
  for (const { raw } of pages) {
    const summary = raw["page_summary"];
    const seen = isObject(summary) ? summary["first_seen"] : undefined;
    const at = typeof seen === "string" ? parseTime(seen) : undefined;
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

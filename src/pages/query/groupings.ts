import type { Fold } from "../answer/fold.ts";
import { isDead, isLive, isRedirect } from "../answer/page-status.ts";
import type { JsonObject, Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Grouping } from "./choices.ts";
import { findFirstSeen } from "./first-seen.ts";
import { sectionsOf } from "./select-rows.ts";

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

const RULES: Readonly<Record<Exclude<Grouping, "section">, GroupingRule>> = {
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

/** `404 broken` */
function wordStatus(page: Page): string | null {
  if (page.status === null) return null;
  const state = isLive(page) ? " live" : isRedirect(page) ? " redirect" : isDead(page) ? " broken" : "";
  return `${page.status}${state}`;
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

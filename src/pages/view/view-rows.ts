import { groupRows } from "../../lists/query/group-rows.ts";
import { toGroupName } from "../../lists/query/group-table.ts";
import { toOneLine } from "../../lists/text.ts";
import { type Fold, sumBacklinks } from "../answer/fold.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { foldsOf } from "../findings/find-facts.ts";
import { itemRulesOf } from "../query/item-rules.ts";
import { findFirstSeen, PAGE_GROUPINGS } from "../query/page-groupings.ts";
import type { Grouping } from "../query/query-schema.ts";
import type { SectionIndex } from "../query/section-index.ts";
import { type Breakdown, type SnapshotView, VIEW_COLUMNS, type ViewCell, type ViewRow } from "./view-data.ts";

/** Whole for all but a few: a link that is cut leads nowhere. */
const MAX_URL_CHARS = 500;
const MAX_TITLE_CHARS = 200;
/** A real page has a handful. */
const MAX_VARIANTS = 100;
/** `2026-01-31`, without the clock. */
const DATE_CHARS = 10;

/** One fold as a row travels: its cells in the order of `VIEW_COLUMNS`. */
export function toCells(fold: Fold, sections: SectionIndex): ViewCell[] {
  const row = toRow(fold, sections);
  return VIEW_COLUMNS.map((column) => row[column]);
}

/** A row with its ranges laid flat. */
type FlatRow = Omit<ViewRow, "domains" | "spam"> & Record<(typeof VIEW_COLUMNS)[number], ViewCell>;

function toRow(fold: Fold, sections: SectionIndex): FlatRow {
  const { main, members, referringDomains, spamScore } = fold;
  const variants = members.filter((page) => page !== main).map(({ handle }) => handle);
  return {
    handle: main.handle,
    url: toOneLine(main.url, MAX_URL_CHARS),
    status: main.status,
    location: cut(main.location, MAX_URL_CHARS),
    title: cut(main.title, MAX_TITLE_CHARS),
    rank: fold.rank,
    backlinks: fold.backlinks,
    backlinksAtLeast: fold.backlinksAtLeast,
    domainsLow: referringDomains?.low ?? null,
    domainsHigh: referringDomains?.high ?? null,
    nofollow: toThousandths(fold.nofollowShare),
    spamLow: spamScore?.low ?? null,
    spamHigh: spamScore?.high ?? null,
    firstSeen: toDay(findFirstSeen(members)),
    lost: cut(main.lostDate?.slice(0, DATE_CHARS) ?? null, DATE_CHARS),
    section: sections.nameOf(fold),
    variants: variants.slice(0, MAX_VARIANTS),
    variantsInAll: variants.length,
  };
}

const cut = (text: string | null, maxChars: number): string | null =>
  text === null ? null : toOneLine(text, maxChars);

/** A share is drawn, not reckoned with; its other digits are most of its bytes. */
const toThousandths = (share: number | null): number | null =>
  share === null ? null : Math.round(1000 * share) / 1000;

const toDay = (epochMs: number | undefined): string | null =>
  epochMs === undefined ? null : new Date(epochMs).toISOString().slice(0, DATE_CHARS);

/** More bars than that are a table. */
const MOST_ENTRIES = 12;

/** Where the links of a whole snapshot come from, and what they are. */
export const toBreakdowns = (snapshot: PagesSnapshot): SnapshotView["breakdowns"] => ({
  linkTypes: toBreakdown("link_type", snapshot),
  countries: toBreakdown("country", snapshot),
  tlds: toBreakdown("tld", snapshot),
});

function toBreakdown(grouping: Grouping, snapshot: PagesSnapshot): Breakdown {
  const rule = PAGE_GROUPINGS[grouping].toRule(snapshot, true);
  const { listLimit } = itemRulesOf(snapshot);
  const groups = groupRows(foldsOf(snapshot), rule, { listLimit, sumBacklinks });
  return {
    entries: groups
      .slice(0, MOST_ENTRIES)
      .map((group) => ({ name: toGroupName(group, rule), links: group.links ?? 0 })),
    more: Math.max(0, groups.length - MOST_ENTRIES),
    atLeast: groups.some(({ isAtLeast }) => isAtLeast),
  };
}

import type { Coverage } from "../../lists/coverage.ts";
import { isWhole } from "../../lists/coverage.ts";
import { type Filter, toWireFilter } from "../../lists/filters/filter.ts";
import { toRequestKey } from "../../lists/request.ts";
import { countOf, formatCount, toOneLine, toSafeJson } from "../../lists/text.ts";
import { type PagesRequest, withDefaults } from "../body.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { DOMAIN_PAGES } from "../domain-pages.ts";
import type { Comparison } from "./comparison.ts";

/** What of two snapshots means the same in both. */
export interface Comparable {
  /** Which pages the lists hold. */
  presence: boolean;
  /** Counts of links and domains of a page. */
  links: boolean;
  rank: boolean;
  /** Sums over what was fetched. */
  totals: boolean;
}

export interface Differences extends Comparable {
  /** One sentence each. */
  limits: string[];
  /** The parameters for which the lists hold other pages, for "the filters differ"; empty when they do not. */
  presenceNames: string[];
}

interface Parameter {
  name: string;
  /** The same text for the same meaning. */
  read: (request: ReturnType<typeof withDefaults>) => string;
  breaks: readonly (keyof Comparable)[];
  /** What follows from it, over time and side by side. */
  says: Record<Comparison["kind"], string>;
}

const MAX_FILTER_CHARS = 120;

const OTHER_PAGES = {
  over_time: "only pages in both lists are compared, and no totals",
  side_by_side: "the lists select their pages differently",
};
const OTHER_LINKS = {
  over_time: "other links are counted, so only the status of pages in both lists is compared",
  side_by_side: "other links are counted, so no count of links means the same in both",
};

const PARAMETERS: readonly Parameter[] = [
  {
    name: "filters",
    read: ({ filters }) => describeFilter(filters),
    breaks: ["presence", "totals"],
    says: OTHER_PAGES,
  },
  {
    name: "include_subdomains",
    read: (request) => String(request.include_subdomains),
    breaks: ["presence", "totals"],
    says: OTHER_PAGES,
  },
  {
    name: "backlinks_filters",
    read: (request) => describeFilter(request.backlinks_filters),
    breaks: ["presence", "links", "rank", "totals"],
    says: OTHER_LINKS,
  },
  {
    name: "backlinks_status_type",
    read: (request) => request.backlinks_status_type,
    breaks: ["presence", "links", "rank", "totals"],
    says: OTHER_LINKS,
  },
  {
    name: "exclude_internal_backlinks",
    read: (request) => String(request.exclude_internal_backlinks),
    breaks: ["presence", "links", "rank", "totals"],
    says: OTHER_LINKS,
  },
  {
    name: "rank_scale",
    read: (request) => request.rank_scale,
    breaks: ["rank"],
    says: { over_time: "ranks are not compared", side_by_side: "ranks do not mean the same in both" },
  },
  {
    name: "internal_list_limit",
    read: (request) => formatCount(request.internal_list_limit),
    breaks: [],
    says: {
      over_time:
        "breakdowns by TLD, country and the like are cut at other lengths; nothing compared here rests on them",
      side_by_side: "findings by TLD, country or place of the link rest on lists of other lengths",
    },
  },
];

/**
 * Why two snapshots are not comparable, and what still is.
 * @param names what the two are called
 */
export function findDifferences(
  [a, b]: readonly [PagesSnapshot, PagesSnapshot],
  [coverageA, coverageB]: readonly [Coverage, Coverage],
  kind: Comparison["kind"],
  names: readonly [string, string],
): Differences {
  const result: Differences = {
    presence: true,
    links: true,
    rank: true,
    totals: true,
    limits: describeSources(a, b),
    presenceNames: [],
  };
  const [requestA, requestB] = [withDefaults(a.request), withDefaults(b.request)];
  for (const { name, read, breaks, says } of PARAMETERS) {
    if (isSame(requestA, requestB, name, read)) continue;
    for (const each of breaks) result[each] = false;
    if (breaks.includes("presence")) result.presenceNames.push(name);
    const values = `${names[0]} ${read(requestA)}, ${names[1]} ${read(requestB)}`;
    result.limits.push(`other ${name} (${values}): ${says[kind]}`);
  }
  const window = describeWindows([a, b], [coverageA, coverageB], names);
  if (window !== undefined) {
    result.totals = false;
    result.limits.push(window);
  }
  return result;
}

/** A filter is the same in every spelling that means the same. */
function isSame(a: PagesRequest, b: PagesRequest, name: string, read: Parameter["read"]): boolean {
  if (name !== "filters" && name !== "backlinks_filters") return read(withDefaults(a)) === read(withDefaults(b));
  const keyOf = ({ [name]: filter }: PagesRequest) =>
    toRequestKey(DOMAIN_PAGES, { target: "", ...(filter !== undefined && { filters: filter }) }, "");
  return keyOf(a) === keyOf(b);
}

const describeFilter = (filter: Filter | undefined): string =>
  filter === undefined ? "none" : toOneLine(toSafeJson(toWireFilter(filter)), MAX_FILTER_CHARS);

function describeSources(a: PagesSnapshot, b: PagesSnapshot): string[] {
  if (a.source === b.source || ![a.source, b.source].includes("sandbox")) return [];
  return ["one of them is generated data of the sandbox: nothing in it is about the real site"];
}

/** How far each list goes, where sums over them are sums over different parts of the whole. */
function describeWindows(
  snapshots: readonly [PagesSnapshot, PagesSnapshot],
  coverages: readonly [Coverage, Coverage],
  names: readonly [string, string],
): string | undefined {
  const [isWholeA, isWholeB] = coverages.map(isWhole);
  const [windowA, windowB] = snapshots.map(({ request }) => {
    const { limit, offset, order_by = [] } = withDefaults(request);
    return JSON.stringify([limit, offset, order_by.map(({ field, direction }) => [field, direction])]);
  });
  if ((isWholeA && isWholeB) || (isWholeA === isWholeB && windowA === windowB)) return undefined;
  const told = names.map((name, index) => {
    const [snapshot, coverage] = [snapshots[index], coverages[index]];
    return snapshot && coverage ? `${name} holds ${describePart(snapshot, coverage)}` : "";
  });
  return `other parts of the list (${told.join(", ")}): sums are of what was fetched and do not compare`;
}

function describePart({ items: pages, totalCount, request }: PagesSnapshot, coverage: Coverage): string {
  if (isWhole(coverage)) return pages.length === 0 ? "no pages" : `all ${countOf(pages.length, "URL")}`;
  const { offset, order_by = [] } = withDefaults(request);
  const total = totalCount === null ? "an unknown number" : formatCount(totalCount);
  const from = offset > 0 ? ` from offset ${formatCount(offset)}` : "";
  const order = order_by[0] === undefined ? "rank" : order_by[0].field.replace(/^page_summary\./, "");
  return `${formatCount(pages.length)} of ${total}${from} by ${toOneLine(order, MAX_FILTER_CHARS)}`;
}

import { BOUNDING_FIELDS, type Bound, type Coverage } from "../answer/coverage.ts";
import type { Page } from "../snapshot/page.ts";
import { countOf, formatCount } from "../text.ts";
import { type Differences, isWhole } from "./differences.ts";

const RANK = "page_summary.rank";

/** What the absence of a page from a list says. */
export interface Absence {
  /** One of these URLs, at least, would stand in the list if it were as it is in the other one. */
  isTold: (pages: readonly Page[]) => boolean;
  /** Why it is not told of all pages, completing "not in the later list, …". */
  why: string | null;
}

/**
 * A list shows all that matches, or all beyond the value at which it ends. Of a page that is missing and is neither,
 * nothing is known: that it is lost, or new, would be a guess.
 * @param coverage of the list from which pages are missing
 */
export function readAbsence(coverage: Coverage, can: Differences): Absence {
  if (!can.presence) {
    return { isTold: () => false, why: `which has other ${can.presenceNames.join(" and ")}` };
  }
  if (isWhole(coverage)) return { isTold: () => true, why: null };
  if (coverage.pagesSkipped > 0) {
    return { isTold: () => false, why: `which begins at offset ${formatCount(coverage.pagesSkipped)}` };
  }
  const { bound, pagesNotFetched } = coverage;
  if (bound === null || (bound.field === RANK && !can.rank)) {
    const rest = pagesNotFetched === null ? "an unknown number of pages" : countOf(pagesNotFetched, "page");
    return { isTold: () => false, why: `which lacks ${rest}` };
  }
  return { isTold: (pages) => pages.some((page) => isBeyond(page, bound)), why: describeEnd(bound) };
}

function isBeyond(page: Page, { field, side, value }: Bound): boolean {
  const own = BOUNDING_FIELDS[field]?.(page) ?? null;
  return own !== null && (side === "at most" ? own > value : own < value);
}

function describeEnd({ field, value, byDefaultOrder }: Bound): string {
  const name = field.replace(/^page_summary\./, "").replaceAll("_", " ");
  return `which ends at ${name} ${formatCount(value)}${byDefaultOrder ? " (default order)" : ""}`;
}

import { parseTime } from "../filters/time-value.ts";
import type { JsonObject, Page } from "../snapshot/page.ts";

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

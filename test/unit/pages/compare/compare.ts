import { buildComparison } from "../../../../src/pages/compare/compare-pages.ts";
import type { Comparison } from "../../../../src/pages/compare/comparison.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { type ItemFacts, makeSnapshot, type SnapshotFactsInTests } from "../../../support/make-snapshot.ts";

export const DAY_MS = 86_400_000;
export const FETCHED_AT = Date.UTC(2026, 6, 8, 14, 46);

export interface PageFacts {
  path?: string;
  url?: string;
  status?: number | null;
  location?: string;
  fetchTime?: string | null;
  rank?: number;
  backlinks?: number | null;
  domains?: number;
}

export const itemOf = ({
  path = "/",
  url,
  status = 200,
  location,
  fetchTime,
  rank,
  backlinks,
  domains,
}: PageFacts): ItemFacts => ({
  url: url ?? `https://acme.example${path}`,
  status,
  ...(location !== undefined && { location }),
  ...(fetchTime !== undefined && { fetchTime }),
  summary: {
    ...(rank !== undefined && { rank }),
    ...(backlinks !== undefined && { backlinks }),
    ...(domains !== undefined && { referring_domains: domains }),
  },
});

/** A snapshot so many days after 8 July 2026. */
export const listOf = (pages: readonly PageFacts[], days = 0, facts: SnapshotFactsInTests = {}): PagesSnapshot =>
  makeSnapshot({ ...facts, items: pages.map(itemOf), fetchedAt: FETCHED_AT + days * DAY_MS });

export const compare = (first: PagesSnapshot, second: PagesSnapshot, maxTokens = 100_000): Comparison =>
  buildComparison(first, second, { maxTokens, surface: "mcp" });

/** The rows of a block, by column names. */
export function rowsOf({ blocks }: Comparison, name: string) {
  const block = blocks.find((each) => each.name === name);
  return (block?.rows ?? []).map((row) =>
    Object.fromEntries(row.map((cell, index) => [block?.columns[index] ?? "", cell])),
  );
}

export const changesOf = (comparison: Comparison) => rowsOf(comparison, "changes");

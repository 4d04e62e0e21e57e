import { createSnapshot, type SnapshotFacts } from "../../../src/lists/snapshot.ts";
import { DOMAIN_PAGES } from "../../../src/pages/domain-pages.ts";

export const KEY = "0123456789abcdef0123456789abcdef";
export const OTHER_KEY = "f".repeat(32);

interface Made extends Partial<SnapshotFacts> {
  items?: unknown;
  /** Sets the id apart. */
  taskId?: string;
  totalCount?: number | null;
  upstreamCostUsd?: number | null;
}

/** A snapshot that differs from the plain one in what is named. */
export function makeSnapshot({ items, taskId = "task", totalCount = 3, upstreamCostUsd = 0.02, ...facts }: Made = {}) {
  const answer = { taskId, version: null, echo: null, target: null, upstreamCostUsd, totalCount };
  return createSnapshot(
    DOMAIN_PAGES,
    { ...answer, items: items ?? [{ page: "https://acme.example/", page_summary: { rank: 7 } }] },
    {
      source: "sandbox",
      request: { target: "acme.example" },
      requestKey: KEY,
      fetchedAt: 1_780_000_000_000,
      charge: { kind: "none" },
      ...facts,
    },
  );
}

import { toRequestKey } from "../../src/lists/request.ts";
import { createSnapshot, type JsonObject } from "../../src/lists/snapshot.ts";
import type { PagesRequest } from "../../src/pages/body.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../../src/pages/domain-pages.ts";
import type { Page } from "../../src/pages/page.ts";
import { readPages } from "../../src/pages/page.ts";

/** What a test says about a page; the rest is left unknown, as the upstream leaves it. */
export interface ItemFacts {
  url?: string | null;
  status?: number | null;
  location?: string | null;
  title?: string | null;
  /** When the page itself was last crawled, in the upstream's own form. */
  fetchTime?: string | null;
  /** Fields of `page_summary`, in the upstream's names. */
  summary?: JsonObject;
  /** Fields of `meta` beside the title, in the upstream's names. */
  meta?: JsonObject;
  /** Fields of the item itself that nothing above names, in the upstream's names. */
  raw?: JsonObject;
}

/** One item in the upstream's own form. */
export function makeItem({ url, status, location, title, fetchTime, summary, meta, raw }: ItemFacts): JsonObject {
  return {
    type: "backlinks_domain_page",
    page: url,
    status_code: status,
    location: location ?? null,
    ...(fetchTime !== undefined && { fetch_time: fetchTime }),
    ...raw,
    meta: { title: title ?? null, ...meta },
    page_summary: summary ?? {},
  };
}

/** Pages as a snapshot holds them, with handles `p1`, `p2`, … in this order. */
export function makePages(items: readonly ItemFacts[]): Page[] {
  return readPages(items.map(makeItem)).items;
}

export interface SnapshotFactsInTests {
  items?: readonly ItemFacts[];
  request?: Partial<PagesRequest>;
  totalCount?: number | null;
  source?: PagesSnapshot["source"];
  charge?: PagesSnapshot["charge"];
  fetchedAt?: number;
}

/** A snapshot of `acme.example`, fetched on 8 July 2026 at 14:46 UTC. */
export function makeSnapshot(facts: SnapshotFactsInTests = {}): PagesSnapshot {
  const items = facts.items ?? [];
  const answer = {
    taskId: null,
    version: null,
    echo: null,
    target: "acme.example",
    upstreamCostUsd: 0.02436,
    totalCount: facts.totalCount === undefined ? items.length : facts.totalCount,
    items: items.map(makeItem),
  };
  const request = { target: "acme.example", ...facts.request };
  return createSnapshot(DOMAIN_PAGES, answer, {
    source: facts.source ?? "aisa",
    request,
    requestKey: toRequestKey(DOMAIN_PAGES, request, "aisa"),
    fetchedAt: facts.fetchedAt ?? Date.UTC(2026, 6, 8, 14, 46),
    charge: facts.charge ?? { kind: "reported", usd: 0.012 },
  });
}

import { toRequestKey } from "../../src/lists/request.ts";
import { createSnapshot, type JsonObject } from "../../src/lists/snapshot.ts";
import { buildAnswer } from "../../src/pages/answer/answer.ts";
import type { Answer } from "../../src/pages/answer/render-answer.ts";
import { DOMAIN_PAGES, type PagesSnapshot, parseRequest } from "../../src/pages/domain-pages.ts";
import { answerDomainPages } from "../../src/sandbox/answer-domain-pages.ts";
import { createWorld } from "../../src/sandbox/world.ts";
import { readEnvelope } from "../../src/upstream/envelope.ts";

const world = createWorld();

export const FETCHED_AT = Date.UTC(2026, 10, 24, 9, 30);

/** What the sandbox answers to a request, as a snapshot of a paid call. */
export function sandboxSnapshot(task: { target: string; [field: string]: unknown }): PagesSnapshot {
  return toSnapshot(task, JSON.stringify(answerDomainPages(task, world).body));
}

/** The snapshot of a body with these items, whatever they are. */
export function itemsSnapshot(items: unknown, totalCount: number | null, target = "acme.example"): PagesSnapshot {
  const task = { status_code: 20000, result: [{ target, total_count: totalCount, items }] };
  return toSnapshot({ target }, JSON.stringify({ status_code: 20000, tasks: [task] }));
}

function toSnapshot(task: { target: string }, body: string): PagesSnapshot {
  const outcome = readEnvelope({ status: 200, headers: { "x-aisa-price-usd": "0.048000" }, body });
  if (!outcome.ok) throw outcome.error;
  const { request } = parseRequest(task, { allowUnknownFields: false, mapBareNames: true });
  return createSnapshot(DOMAIN_PAGES, outcome.answer, {
    source: "aisa",
    request,
    requestKey: toRequestKey(DOMAIN_PAGES, request, "aisa"),
    fetchedAt: FETCHED_AT,
    charge: outcome.charge,
  });
}

export const answerOf = (snapshot: PagesSnapshot, maxTokens = 1500): Answer =>
  buildAnswer(snapshot, { maxTokens, surface: "mcp" });

/** The items a snapshot was made from. */
export const itemsOf = (snapshot: PagesSnapshot): JsonObject[] => snapshot.items.map(({ raw }) => raw);

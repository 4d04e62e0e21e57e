import type { Answer } from "./answer/answer.ts";
import { buildAnswer } from "./answer/answer.ts";
import type { Surface } from "./answer/next-steps.ts";
import { parseRequest, type RequestRules } from "./request/parse-request.ts";
import type { PagesRequest } from "./request/request.ts";
import { type Charge, createSnapshot, type EndpointAnswer, type Snapshot, type Source } from "./snapshot/snapshot.ts";

/** One answered call of the endpoint. */
export interface Fetched {
  answer: EndpointAnswer;
  charge: Charge;
}

/**
 * Fetches one list from the endpoint; this is the call that costs money.
 * @throws {AppError} for every failure, with what is known about the charge
 */
export type FetchPages = (request: PagesRequest, signal: AbortSignal) => Promise<Fetched>;

/** Where snapshots are kept for free use later. */
export interface KeepSnapshot {
  put(snapshot: Snapshot): void;
}

export interface GetPagesDeps {
  source: Exclude<Source, "import">;
  fetchPages: FetchPages;
  snapshots: KeepSnapshot;
  now: () => number;
  rules: RequestRules;
  maxTokens: number;
  /** A sentence for an answer without pages: what the source does know. */
  whenEmpty?: string;
}

/** Arguments in, condensed answer out: the paid tool's whole way, with nothing of a protocol in it. */
export type GetPages = (input: unknown, signal: AbortSignal, surface: Surface) => Promise<Answer>;

export function createGetPages(deps: GetPagesDeps): GetPages {
  return async (input, signal, surface) => {
    const { request, notes } = parseRequest(input, deps.rules);
    const { answer, charge } = await deps.fetchPages(request, signal);
    const snapshot = createSnapshot(answer, { source: deps.source, request, fetchedAt: deps.now(), charge });
    deps.snapshots.put(snapshot);
    const hint = snapshot.pages.length === 0 && deps.whenEmpty !== undefined ? [deps.whenEmpty] : [];
    return buildAnswer(snapshot, { maxTokens: deps.maxTokens, surface, notes: [...notes, ...hint] });
  };
}

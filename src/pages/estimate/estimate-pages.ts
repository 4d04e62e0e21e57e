import { AppError } from "../../errors.ts";
import type { Surface } from "../../lists/calls.ts";
import type { Asked, Quote } from "../../lists/fetch-list.ts";
import { findKept, type KeptSnapshots } from "../../lists/held.ts";
import type { RequestRules } from "../../lists/parse-request.ts";
import { type RequestBody, toRequestBody, toRequestKey } from "../../lists/request.ts";
import { ageOf, type Snapshot, type SnapshotInfo, type Source } from "../../lists/snapshot.ts";
import { withDefaults } from "../body.ts";
import { DOMAIN_PAGES, parseRequest } from "../domain-pages.ts";
import type { Caller } from "../get-pages.ts";

/** What a call would bring and cost. */
export interface Estimate {
  source: Exclude<Source, "import">;
  /** The request as it would be sent. */
  request: RequestBody;
  price: EstimatedPrice;
  /** The kept answer to the request, fresh or not; null when there is none. */
  kept: KeptTwin | null;
  /** What else is kept of the target, imported and older ones too: the newest first. */
  alsoKept: SnapshotInfo[];
  limits: Limits;
  /** The most pages that can come. */
  pagesAtMost: number;
  /** All pages that match, as the kept answer counted them; null when that is not known. */
  pagesTotal: number | null;
  /** About how many tokens the answer will have. */
  answerTokens: number;
  /** What was read differently from how it was written. */
  notes: string[];
  surface: Surface;
}

export type EstimatedPrice =
  | Exclude<Quote, { kind: "bought" }>
  /** The gateway carried the call out instead of quoting it: the answer is kept. */
  | { kind: "bought"; snapshotId: string; notes: string[] };

export interface KeptTwin {
  snapshotId: string;
  fetchedAt: number;
  ageMs: number;
  pageCount: number;
  /** Pages of the snapshot that these are a slice of; null where they are all of it. */
  sliceOf: number | null;
  /** Its reply broke off. */
  isBrokenOff: boolean;
  /** It would be the answer, for free; else it is older than the server takes for fresh. */
  isFresh: boolean;
}

/** What the operator allows, USD. */
export interface Limits {
  /** Left of today's budget; null where nothing bounds it. */
  leftUsd: number | null;
  dailyUsd: number | null;
  perCallUsd: number;
  /** Above this a person has to agree; null never asks. */
  askAboveUsd: number | null;
  freshMs: number;
}

export interface EstimateDeps {
  source: Exclude<Source, "import">;
  upstream: string;
  snapshots: KeptSnapshots;
  askPrice: (
    order: Asked & { requestKey: string; maxAgeMs: number },
    signal: AbortSignal,
  ) => Promise<
    Exclude<Quote, { kind: "bought" }> | { kind: "bought"; bought: { snapshot: Snapshot; notes: string[] } }
  >;
  limits: () => Promise<Limits>;
  now: () => number;
  rules: RequestRules;
  maxTokens: number;
}

/**
 * Arguments of a paid call in, what it would cost and bring out. Buys nothing.
 * @throws {AppError} for arguments that were refused, and when asking for the price may have cost money
 */
export type EstimatePages = (input: unknown, caller: Pick<Caller, "signal" | "surface">) => Promise<Estimate>;

export function createEstimatePages(deps: EstimateDeps): EstimatePages {
  return async (input, { signal, surface }) => {
    const { request, notes } = parseRequest(input, deps.rules);
    const requestKey = toRequestKey(DOMAIN_PAGES, request, deps.upstream);
    const limits = await deps.limits();
    const now = deps.now();
    const wanted = { endpoint: DOMAIN_PAGES, request, upstream: deps.upstream };
    const isFresh = (info: Pick<SnapshotInfo, "fetchedAt">) => {
      const ageMs = ageOf(info, now);
      return ageMs !== undefined && ageMs <= limits.freshMs;
    };
    const snapshot =
      (await findKept({ ...wanted, willDo: isFresh }, deps.snapshots)) ??
      (await findKept({ ...wanted, willDo: () => true }, deps.snapshots));
    const kept = snapshot === undefined ? null : toTwin(snapshot, limits.freshMs, now);
    const alsoKept = (await deps.snapshots.list(request.target)).filter(({ id }) => id !== kept?.snapshotId);
    const price: EstimatedPrice =
      kept?.isFresh === true
        ? { kind: "none", why: "a kept snapshot answers this request" }
        : await learnPrice({ endpoint: DOMAIN_PAGES, request, requestKey, maxAgeMs: 0 }, deps, signal);
    const { limit, offset } = withDefaults(request);
    const pagesTotal = snapshot?.totalCount ?? null;
    const pagesAtMost = pagesTotal === null ? limit : Math.max(0, Math.min(limit, pagesTotal - offset));
    return {
      source: deps.source,
      request: toRequestBody(request),
      price,
      kept,
      alsoKept,
      // Asking may have cost something after all.
      limits: price.kind === "bought" ? await deps.limits() : limits,
      pagesAtMost,
      pagesTotal,
      answerTokens: Math.min(deps.maxTokens, FRAME_TOKENS + pagesAtMost * TOKENS_PER_PAGE),
      notes,
      surface,
    };
  };
}

/** Measured over answers of 10 to 60 pages: header, findings and next calls, then one row per page. */
const FRAME_TOKENS = 300;
const TOKENS_PER_PAGE = 30;

/** @returns null for a date that is none: it answers nothing */
function toTwin(snapshot: Snapshot, freshMs: number, now: number): KeptTwin | null {
  const ageMs = ageOf(snapshot, now);
  if (ageMs === undefined) return null;
  const { id, items: pages, sliceOf, isBrokenOff } = snapshot;
  return {
    snapshotId: id,
    fetchedAt: now - ageMs,
    ageMs,
    pageCount: pages.length,
    sliceOf: sliceOf?.items ?? null,
    isBrokenOff: isBrokenOff === true,
    isFresh: ageMs <= freshMs,
  };
}

type PriceOrder = Parameters<EstimateDeps["askPrice"]>[0];

/** A question that failed without cost is a question without an answer; the rest of the estimate still holds. */
async function learnPrice(order: PriceOrder, { askPrice }: EstimateDeps, signal: AbortSignal): Promise<EstimatedPrice> {
  try {
    const price = await askPrice(order, signal);
    if (price.kind !== "bought") return price;
    return { kind: "bought", snapshotId: price.bought.snapshot.id, notes: price.bought.notes };
  } catch (error) {
    if (!(error instanceof AppError) || error.facts.charge !== "not_charged" || error.kind === "cancelled") throw error;
    const why = error.message.replace(/\.$/, "");
    return { kind: "none", why: why.charAt(0).toLowerCase() + why.slice(1) };
  }
}

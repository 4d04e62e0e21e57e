import { AppError } from "../../errors.ts";
import type { Surface } from "../calls.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Asked, Quote } from "../fetch-list.ts";
import { findKept, type KeptSnapshots } from "../held.ts";
import type { RequestRules } from "../parse-request.ts";
import { type RequestBody, toRequestBody, toRequestKey } from "../request.ts";
import { ageOf, type Snapshot, type SnapshotInfo, type Source } from "../snapshot.ts";

/** What a call would bring and cost. */
export interface Estimate {
  /** Whose call it is of, as far as words go. */
  of: Pick<Endpoint, "words" | "calls">;
  source: Exclude<Source, "import">;
  /** The request as it would be sent. */
  request: RequestBody;
  price: EstimatedPrice;
  /** The kept answer to the request, fresh or not; null when there is none. */
  kept: KeptTwin | null;
  /** What else is kept of the target, imported and older ones too: the newest first. */
  alsoKept: SnapshotInfo[];
  limits: Limits;
  /** The most items that can come. */
  itemsAtMost: number;
  /** All items that match, as the kept answer counted them; null when that is not known. */
  itemsTotal: number | null;
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
  itemCount: number;
  /** Items of the snapshot that these are a slice of; null where they are all of it. */
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

/** What an answer takes, tokens. */
export interface AnswerSize {
  /** Header, findings and next calls. */
  frame: number;
  item: number;
}

/** What is true of one endpoint. */
export interface EstimatedEndpoint {
  endpoint: Endpoint;
  size: AnswerSize;
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
export type EstimateList = (input: unknown, caller: { signal: AbortSignal; surface: Surface }) => Promise<Estimate>;

export function createEstimateList({ endpoint, size }: EstimatedEndpoint, deps: EstimateDeps): EstimateList {
  return async (input, { signal, surface }) => {
    const { request, notes } = endpoint.parse(input, deps.rules);
    const requestKey = toRequestKey(endpoint, request, deps.upstream);
    const limits = await deps.limits();
    const now = deps.now();
    const wanted = { endpoint, request, upstream: deps.upstream };
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
        : await learnPrice({ endpoint, request, requestKey, maxAgeMs: 0 }, deps, signal);
    const { limit, offset } = { ...endpoint.defaults, ...request };
    const itemsTotal = snapshot?.totalCount ?? null;
    const itemsAtMost = itemsTotal === null ? limit : Math.max(0, Math.min(limit, itemsTotal - offset));
    return {
      of: endpoint,
      source: deps.source,
      request: toRequestBody(request),
      price,
      kept,
      alsoKept,
      // Asking may have cost something after all.
      limits: price.kind === "bought" ? await deps.limits() : limits,
      itemsAtMost,
      itemsTotal,
      answerTokens: Math.min(deps.maxTokens, size.frame + itemsAtMost * size.item),
      notes,
      surface,
    };
  };
}

/** @returns null for a date that is none: it answers nothing */
function toTwin(snapshot: Snapshot, freshMs: number, now: number): KeptTwin | null {
  const ageMs = ageOf(snapshot, now);
  if (ageMs === undefined) return null;
  const { id, items, sliceOf, isBrokenOff } = snapshot;
  return {
    snapshotId: id,
    fetchedAt: now - ageMs,
    ageMs,
    itemCount: items.length,
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

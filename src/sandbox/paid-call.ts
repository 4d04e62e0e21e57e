import type { AskedEndpoint } from "../lists/request.ts";
import { errorReply, type GatewayReply, type GatewayRequest, jsonReply } from "./exchange.ts";
import type { EndpointReply } from "./task.ts";

/**
 * How one call at the paid address ended: `refused` before the endpoint saw it, `quoted` because only a price was asked
 * for, `failed` at the data provider, `carried_out` with an answer.
 */
export type Outcome = "refused" | "quoted" | "failed" | "carried_out";

/** Answers a parsed body as the endpoint of that name does. */
export type AnswerBody = (body: unknown, endpoint: string) => EndpointReply;

/** The price that is billed instead of the list price; `cap` is what the request allows. Both in micro-dollars. */
export type ChargeInstead = (price: number, cap: number | undefined) => number;

export interface PaidExchange {
  outcome: Outcome;
  reply: GatewayReply;
  /** Left out when the call is not billed at all. Micro-dollars. */
  bill?: { target: string; micros: number };
}

/** One call at the paid address of an endpoint, its body parsed. */
export interface PaidCallRequest extends Pick<GatewayRequest, "headers"> {
  endpoint: AskedEndpoint;
  answerBody: AnswerBody;
  body: unknown;
}

/** Standing in for the endpoint, and billing otherwise: how a fault gets a hand in one call. */
export interface CallChange {
  answerBody?: AnswerBody;
  /** Bills the call even when it fails. */
  chargeInstead?: ChargeInstead;
}

export type PaidCall = (request: PaidCallRequest, change: CallChange) => PaidExchange;

/**
 * The money side of the gateway: quote, cap, idempotency, charge. Endpoints have no side effects, so one is asked
 * before it is decided whether the call is let through to it.
 */
export function createPaidCall(priceOf: PriceOf): PaidCall {
  const admitted = createAdmittedKeys();
  return ({ headers, endpoint, answerBody, body }, change) => {
    const terms = readTerms(headers);
    if ("refusal" in terms) return { outcome: "refused", reply: terms.refusal };
    const answer = (change.answerBody ?? answerBody)(body, endpoint.name);
    if (answer.status === 400) return { outcome: "refused", reply: unbilled(answer) };
    const estimate = priceOf(limitIn(body, endpoint));
    if (terms.asksForQuote) {
      return { outcome: "quoted", reply: isCarriedOut(answer) ? quoteOf(estimate) : unbilled(answer) };
    }
    const refusal = refuseTerms(terms, estimate, admitted);
    if (refusal !== undefined) return { outcome: "refused", reply: refusal };
    if (terms.key !== undefined) admitted.add(terms.key);
    return settle({ answer, target: targetIn(body), cap: terms.cap, priceOf, ...change });
  };
}

interface Terms {
  asksForQuote: boolean;
  /** Micro-dollars. */
  cap: number | undefined;
  key: string | undefined;
}

function readTerms(headers: GatewayRequest["headers"]): Terms | { refusal: GatewayReply } {
  const mode = headers["x-aisa-cost-mode"];
  if (mode !== undefined && mode !== "quote") return { refusal: badHeader("X-AISA-Cost-Mode", "quote") };
  const capText = headers["x-aisa-max-price-usd"];
  const cap = capText === undefined ? undefined : parseCap(capText);
  if (capText !== undefined && cap === undefined) {
    return { refusal: badHeader("X-AISA-Max-Price-USD", "a decimal number") };
  }
  return { asksForQuote: mode === "quote", cap, key: headers["idempotency-key"] };
}

function refuseTerms({ cap, key }: Terms, estimate: number, admitted: AdmittedKeys): GatewayReply | undefined {
  if (cap !== undefined && estimate > cap) return priceCapReply();
  return key !== undefined && admitted.has(key) ? duplicateReply() : undefined;
}

interface Settling {
  answer: EndpointReply;
  target: string;
  cap: number | undefined;
  priceOf: PriceOf;
  chargeInstead?: ChargeInstead;
}

function settle({ answer, target, cap, priceOf, chargeInstead }: Settling): PaidExchange {
  const outcome = isCarriedOut(answer) ? "carried_out" : "failed";
  if (outcome === "failed" && chargeInstead === undefined) return { outcome, reply: unbilled(answer) };
  const price = priceOf(rowsOf(answer));
  const micros = chargeInstead === undefined ? price : chargeInstead(price, cap);
  return { outcome, bill: { target, micros }, reply: jsonReply(answer.status, answer.body, chargeHeaders(micros)) };
}

const unbilled = ({ status, body }: EndpointReply): GatewayReply => jsonReply(status, body, chargeHeaders(0));

/** @param micros the most the call can cost: as many pages as were asked for */
function quoteOf(micros: number): GatewayReply {
  const body = { object: "cost_estimate", estimated_cost_micros_usd: micros, may_exceed_estimate: false };
  return jsonReply(200, body, chargeHeaders(0));
}

function badHeader(name: string, wants: string): GatewayReply {
  return errorReply(400, "invalid_request_error", "invalid_parameter_type", `${name} takes ${wants}.`);
}

export const priceCapReply = (): GatewayReply =>
  errorReply(
    402,
    "invalid_request_error",
    "estimated_price_exceeds_max_price",
    "The estimated price exceeds the maximum price that was set.",
  );

export const duplicateReply = (): GatewayReply => jsonReply(409, { error: "idempotent request already admitted" });

function isCarriedOut({ status, body }: EndpointReply): boolean {
  return status === 200 && "tasks" in body && body.tasks?.[0]?.["status_code"] === 20000;
}

function rowsOf({ body }: EndpointReply): number {
  const result = "tasks" in body ? body.tasks?.[0]?.["result"] : undefined;
  const items: unknown = Array.isArray(result) ? result[0]?.items : undefined;
  return Array.isArray(items) ? items.length : 0;
}

function limitIn(body: unknown, { defaults }: AskedEndpoint): number {
  const limit: unknown = taskIn(body)["limit"];
  return typeof limit === "number" && limit >= 0 ? limit : defaults.limit;
}

function targetIn(body: unknown): string {
  const target = taskIn(body)["target"];
  return typeof target === "string" ? target : "";
}

/** The one task of a body, whichever its form; empty when there is none. */
export function taskIn(body: unknown): Record<string, unknown> {
  const task: unknown = Array.isArray(body) ? body[0] : body;
  return typeof task === "object" && task !== null ? (task as Record<string, unknown>) : {};
}

/** What a carried-out call costs, US dollars: so much for the call, and so much for each page that comes back. */
export interface Prices {
  perCallUsd: number;
  perPageUsd: number;
}

export const FREE: Prices = { perCallUsd: 0, perPageUsd: 0 };

/** @returns the price of an answer with so many pages, in whole micro-dollars */
export type PriceOf = (pages: number) => number;

/** Both prices are rounded to whole micro-dollars first, so that every sum of charges is exact. */
export function createPriceOf({ perCallUsd, perPageUsd }: Prices): PriceOf {
  const perCall = toMicros(perCallUsd);
  const perPage = toMicros(perPageUsd);
  return (pages) => perCall + perPage * pages;
}

/** The headers in which the gateway says what a call cost. */
export function chargeHeaders(micros: number): Record<string, string> {
  return {
    "x-aisa-price-usd": (micros / 1_000_000).toFixed(6),
    "x-aisa-customer-cost-micros-usd": String(micros),
  };
}

/**
 * Reads the header that caps the price.
 * @returns whole micro-dollars, or undefined when the text is no plain decimal number (`1e-7` is none)
 */
export function parseCap(text: string): number | undefined {
  return /^-?\d{1,12}(?:\.\d{1,12})?$/.test(text.trim()) ? toMicros(Number(text)) : undefined;
}

const toMicros = (usd: number): number => Math.round(usd * 1_000_000);

export interface AdmittedKeys {
  has(key: string): boolean;
  add(key: string): void;
}

const MAX_KEYS = 100_000;

/** The idempotency keys of calls that reached the endpoint: the latest ones, and forgotten from the oldest on. */
export function createAdmittedKeys(maxKeys = MAX_KEYS): AdmittedKeys {
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(key),
    add(key) {
      keys.add(key);
      if (keys.size <= maxKeys) return;
      // A Set hands out its members in the order they came in.
      for (const oldest of keys) {
        keys.delete(oldest);
        return;
      }
    },
  };
}

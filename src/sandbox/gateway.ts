import { type AskedEndpoint, toPath } from "../lists/request.ts";
import { DOMAIN_PAGES } from "../pages/domain-pages.ts";
import { type Wire, WireFailure } from "../upstream/wire.ts";
import { answerDomainPages } from "./answer-domain-pages.ts";
import { errorReply, type GatewayReply, type GatewayRequest, jsonReply, withHeaders } from "./exchange.ts";
import {
  type CallChange,
  createPaidCall,
  createPriceOf,
  FREE,
  type Outcome,
  type PaidExchange,
  type Prices,
} from "./paid-call.ts";
import type { AnswerTask } from "./task.ts";
import type { World } from "./world.ts";

export interface GatewayOptions {
  world: World;
  /** The only key that is let in; without it any non-empty Bearer token is. */
  apiKey?: string;
  /** Nothing costs anything unless they say so. */
  prices?: Prices;
  /** Written by the gateway; given by whoever wants to read them. */
  books?: Books;
  /** ms since 1970, for the books; without a clock it is always 1970. */
  now?: () => number;
}

export interface Answered {
  outcome: Outcome;
  reply: GatewayReply;
}

/** What a fault does to one call on its way. */
export interface Meddling extends CallChange {
  /** Refuses the call at the door, whatever it is. */
  refuseWith?: GatewayReply;
}

export type Gateway = (request: GatewayRequest, meddling?: Meddling) => Answered;

/** One endpoint behind the gateway. */
interface Embedded {
  endpoint: AskedEndpoint;
  answer: AnswerTask;
}

/** THE table of endpoints of the sandbox. */
const EMBEDDED: readonly Embedded[] = [{ endpoint: DOMAIN_PAGES, answer: answerDomainPages }];

const BASE = "/apis/v1";
const BALANCE = "/v1/credits/balance";

const routeOf = (path: string): string | undefined => path.split("?", 1)[0];

const findEndpoint = (path: string): Embedded | undefined =>
  EMBEDDED.find(({ endpoint }) => routeOf(path) === BASE + toPath(endpoint));

/** Whether it is a call that can cost money. */
export const isPaidCall = ({ method, path }: GatewayRequest): boolean =>
  method === "POST" && findEndpoint(path) !== undefined;

/**
 * The gateway in front of the sandbox endpoints: addresses, credentials, JSON, as documented; quote, price cap,
 * idempotency key and charge, as client authors describe them.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { world, apiKey, prices = FREE, books = createBooks(), now = () => 0 } = options;
  const call = createPaidCall(createPriceOf(prices));
  let received = 0;

  return (request, meddling = {}) => {
    const asked = findEndpoint(request.path);
    if (asked === undefined) return { outcome: "refused", reply: answerElsewhere(request, apiKey) };
    const requestId = `sandbox-${++received}`;
    const { outcome, reply, bill } = answerPaid(request, meddling, apiKey, (body, change) =>
      call(
        { headers: request.headers, endpoint: asked.endpoint, answerBody: (each) => asked.answer(each, world), body },
        change,
      ),
    );
    const idempotencyKey = request.headers["idempotency-key"] ?? null;
    books.enter(outcome, bill && { idempotencyKey, ...bill, requestId, at: now() });
    return { outcome, reply: withHeaders(reply, { "x-request-id": requestId }) };
  };
}

function answerPaid(
  request: GatewayRequest,
  { refuseWith, ...change }: Meddling,
  apiKey: string | undefined,
  call: (body: unknown, change: CallChange) => PaidExchange,
): PaidExchange {
  const refusal = refuseWith ?? checkCredentials(request.headers["authorization"], apiKey);
  if (refusal !== undefined) return { outcome: "refused", reply: refusal };
  if (request.method !== "POST") return { outcome: "refused", reply: methodNotAllowed("POST") };
  const parsed = parseJson(request.body);
  if (parsed === undefined) {
    const reply = errorReply(400, "invalid_request_error", "json_parse_error", "The request body is not valid JSON.");
    return { outcome: "refused", reply };
  }
  return call(parsed.value, change);
}

function answerElsewhere({ method, path, headers }: GatewayRequest, apiKey: string | undefined): GatewayReply {
  if (routeOf(path) !== BALANCE) return jsonReply(404, { error: "api endpoint not found" });
  const refusal = checkCredentials(headers["authorization"], apiKey);
  if (refusal !== undefined) return refusal;
  return method === "GET" ? jsonReply(200, { balance: "0.000000", currency: "USD" }) : methodNotAllowed("GET");
}

function methodNotAllowed(allow: string): GatewayReply {
  return jsonReply(405, { error: "method not allowed" }, { allow });
}

function checkCredentials(header: string | undefined, apiKey: string | undefined): GatewayReply | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return unauthorized("missing_api_key", "No API key was provided.");
  if (apiKey !== undefined && token !== apiKey) {
    return unauthorized("invalid_api_key", "The API key provided is invalid or has been revoked.");
  }
  return undefined;
}

export function unauthorized(code: string, message: string): GatewayReply {
  return withHeaders(errorReply(401, "authentication_error", code, message), { "www-authenticate": "Bearer" });
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** One call that was billed, at 0 too where the sandbox is free. */
export interface Bill {
  idempotencyKey: string | null;
  /** The target as it was asked for; empty when the request names none. */
  target: string;
  /** Micro-dollars, whole. */
  micros: number;
  requestId: string;
  /** ms since 1970, by the gateway's clock. */
  at: number;
}

export interface BooksReading {
  /** `received` is the sum of the others; a call counts as received once its request has come in whole. */
  calls: Record<"received" | Outcome, number>;
  /** Totals over everything since the start, bills that are no longer kept included. */
  billed: { calls: number; micros: number };
  /** The latest 100,000, oldest first. */
  bills: Bill[];
}

export interface Books {
  enter(outcome: Outcome, bill?: Bill): void;
  /** A copy: what is read does not change any more. */
  read(): BooksReading;
}

const MAX_BILLS = 100_000;

/**
 * What the gateway itself knows of its calls, to hold against what a client believes. Memory only.
 * @param maxBills how many bills are kept
 */
export function createBooks(maxBills = MAX_BILLS): Books {
  const calls: BooksReading["calls"] = { received: 0, refused: 0, quoted: 0, failed: 0, carried_out: 0 };
  const billed = { calls: 0, micros: 0 };
  const bills: Bill[] = [];
  return {
    enter(outcome, bill) {
      calls.received++;
      calls[outcome]++;
      if (bill === undefined) return;
      billed.calls++;
      billed.micros += bill.micros;
      bills.push(bill);
      if (bills.length > maxBills) bills.shift();
    },
    read: () => ({ calls: { ...calls }, billed: { ...billed }, bills: [...bills] }),
  };
}

/** The sandbox behind the same seam as the paid endpoint: free, and with no network, no clock, no chance. */
export function createSandboxWire(world: World): Wire {
  const answer = createGateway({ world });
  return async ({ signal, body = "", headers, ...request }) => {
    if (signal.aborted) throw new WireFailure("cancelled", false);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return answer({ ...request, headers: Object.fromEntries(named), body }).reply;
  };
}

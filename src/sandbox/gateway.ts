import { type Books, createBooks, type Outcome } from "./books.ts";
import { answerDomainPages } from "./endpoint.ts";
import { errorReply, type GatewayReply, type GatewayRequest, jsonReply, withHeaders } from "./exchange.ts";
import { type CallChange, createPaidCall, type PaidCall, type PaidExchange } from "./paid-call.ts";
import { createPriceOf, FREE, type Prices } from "./pricing.ts";
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

const ENDPOINT = "/apis/v1/dataforseo/backlinks/domain_pages/live";
const BALANCE = "/v1/credits/balance";

const routeOf = (path: string): string | undefined => path.split("?", 1)[0];

/** Whether it is a call that can cost money. */
export const isPaidCall = ({ method, path }: GatewayRequest): boolean =>
  method === "POST" && routeOf(path) === ENDPOINT;

/**
 * The gateway in front of the sandbox endpoint: addresses, credentials, JSON, as documented; quote, price cap,
 * idempotency key and charge, as client authors describe them.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { world, apiKey, prices = FREE, books = createBooks(), now = () => 0 } = options;
  const call = createPaidCall({ answerBody: (body) => answerDomainPages(body, world), priceOf: createPriceOf(prices) });
  let received = 0;

  return (request, meddling = {}) => {
    const route = routeOf(request.path);
    if (route !== ENDPOINT) return { outcome: "refused", reply: answerElsewhere(request, route, apiKey) };
    const requestId = `sandbox-${++received}`;
    const { outcome, reply, bill } = answerPaid(request, meddling, apiKey, call);
    const idempotencyKey = request.headers["idempotency-key"] ?? null;
    books.enter(outcome, bill && { idempotencyKey, ...bill, requestId, at: now() });
    return { outcome, reply: withHeaders(reply, { "x-request-id": requestId }) };
  };
}

function answerPaid(
  request: GatewayRequest,
  { refuseWith, ...change }: Meddling,
  apiKey: string | undefined,
  call: PaidCall,
): PaidExchange {
  const refusal = refuseWith ?? checkCredentials(request.headers["authorization"], apiKey);
  if (refusal !== undefined) return { outcome: "refused", reply: refusal };
  if (request.method !== "POST") return { outcome: "refused", reply: methodNotAllowed("POST") };
  const parsed = parseJson(request.body);
  if (parsed === undefined) {
    const reply = errorReply(400, "invalid_request_error", "json_parse_error", "The request body is not valid JSON.");
    return { outcome: "refused", reply };
  }
  return call(request, parsed.value, change);
}

function answerElsewhere(
  { method, headers }: GatewayRequest,
  route: string | undefined,
  apiKey: string | undefined,
): GatewayReply {
  if (route !== BALANCE) return jsonReply(404, { error: "api endpoint not found" });
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

import { errorReply, type GatewayReply, jsonReply, withHeaders } from "../exchange.ts";
import { unauthorized } from "../gateway.ts";
import { echoedKey, HOSTILE } from "./body-faults.ts";
import type { Fault, FaultTable, Occasion } from "./fault.ts";

const UNSEEN = { fate: "refused", billed: false } as const;
const FAILED = { fate: "failed", billed: false } as const;
const PAID = { fate: "carried_out", billed: true } as const;

/** A place the client must never come to. */
const ELSEWHERE = "https://elsewhere.example";

const text = (status: number, contentType: string, body: string): GatewayReply => ({
  status,
  headers: { "content-type": contentType },
  body,
});

const htmlPage = (status: number, title: string): GatewayReply =>
  text(status, "text/html", `<html><head><title>${status} ${title}</title></head><body>${HOSTILE}</body></html>`);

const rateLimited = (code: string): GatewayReply =>
  errorReply(429, "rate_limit_error", code, "Too many requests.", { request_id: "req_sandbox" });

const unavailable = (code: string, more: object = {}): GatewayReply =>
  errorReply(503, "upstream_error", code, "The upstream is not available.", more);

const afterSeconds = ({ settings }: Occasion) => ({ "retry-after": String(settings.seconds) });

const timedOut = (): GatewayReply =>
  errorReply(504, "upstream_error", "upstream_timeout", "The upstream did not answer in time.");

const BY_CLIENT: FaultTable = {
  gateway_400_contract: {
    ...UNSEEN,
    says: "HTTP 400: the request does not match the endpoint's contract.",
    reply: () => jsonReply(400, { error: "request does not match the endpoint contract" }),
  },
  gateway_400_parameter: {
    ...UNSEEN,
    says: "HTTP 400: a parameter of the wrong type.",
    reply: () =>
      errorReply(400, "invalid_request_error", "invalid_parameter_type", "limit must be an integer.", {
        request_id: "req_sandbox",
      }),
  },
  gateway_401: {
    ...UNSEEN,
    says: "HTTP 401: the key is not accepted; the message repeats it.",
    reply: (_reply, { request }) => unauthorized("invalid_api_key", `The key ${echoedKey(request)} is not valid.`),
  },
  gateway_403: {
    ...UNSEEN,
    says: "HTTP 403: the region is blocked.",
    reply: () => errorReply(403, "authentication_error", "region_blocked", "Not available in your region."),
  },
  gateway_404: {
    ...UNSEEN,
    says: "HTTP 404, the error as text in JSON.",
    reply: () => jsonReply(404, { error: "api endpoint not found" }),
  },
  gateway_404_html: { ...UNSEEN, says: "HTTP 404 as a web page.", reply: () => htmlPage(404, "Not Found") },
  gateway_404_text: {
    ...UNSEEN,
    says: "HTTP 404 as plain text.",
    reply: () => text(404, "text/plain", "404 page not found"),
  },
  gateway_409: {
    ...UNSEEN,
    says: "HTTP 409 without the words about an admitted key.",
    reply: () => jsonReply(409, { error: "conflict" }),
  },
  gateway_413: {
    ...UNSEEN,
    says: "HTTP 413 as plain text.",
    reply: () => text(413, "text/plain", "Request Entity Too Large"),
  },
  gateway_422: {
    ...UNSEEN,
    says: "HTTP 422: an unsupported parameter; the message is hostile.",
    reply: () => errorReply(422, "invalid_request_error", "unsupported_parameter", HOSTILE),
  },
  gateway_429: {
    ...UNSEEN,
    says: "HTTP 429 without Retry-After.",
    reply: () => rateLimited("rate_limit_exceeded"),
  },
  gateway_429_seconds: {
    ...UNSEEN,
    says: "HTTP 429 with Retry-After in `seconds`.",
    settings: { seconds: 1 },
    reply: (_reply, occasion) =>
      withHeaders(rateLimited("rate_limit_exceeded"), {
        ...afterSeconds(occasion),
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
      }),
  },
  gateway_429_date: {
    ...UNSEEN,
    says: "HTTP 429 with Retry-After as the date `seconds` from now.",
    settings: { seconds: 1 },
    reply: (_reply, { settings, now }) =>
      withHeaders(rateLimited("upstream_rate_limit"), {
        "retry-after": new Date(now + settings.seconds * 1000).toUTCString(),
      }),
  },
  gateway_429_quota: {
    ...UNSEEN,
    says: "HTTP 429 that no waiting helps: the key's spending cap is used up.",
    reply: () => withHeaders(rateLimited("quota_exceeded"), { "retry-after": "1" }),
  },
};

const BY_GATEWAY: FaultTable = {
  gateway_500: {
    ...FAILED,
    says: "HTTP 500; the message is hostile and repeats the key.",
    reply: (_reply, { request }) =>
      errorReply(500, "api_error", "internal_error", `${HOSTILE} ${echoedKey(request)}`, { request_id: HOSTILE }),
  },
  gateway_500_settlement: {
    ...PAID,
    says: "HTTP 500: metered settlement failed. Billed here; of the real one nobody knows.",
    reply: () => jsonReply(500, { error: "metered settlement failed" }),
  },
  gateway_502_html: { ...FAILED, says: "HTTP 502 as a web page.", reply: () => htmlPage(502, "Bad Gateway") },
  gateway_503: {
    ...UNSEEN,
    says: "HTTP 503 as plain text.",
    reply: () => text(503, "text/plain", "Service Unavailable"),
  },
  gateway_503_retryable: {
    ...UNSEEN,
    says: "HTTP 503 that calls itself retryable, without Retry-After.",
    reply: () => unavailable("upstream_unavailable", { retryable: true }),
  },
  gateway_503_retry_after: {
    ...UNSEEN,
    says: "HTTP 503 that calls itself retryable, with Retry-After in `seconds`.",
    settings: { seconds: 1 },
    reply: (_reply, occasion) =>
      withHeaders(unavailable("upstream_unavailable", { retryable: true }), afterSeconds(occasion)),
  },
  gateway_504_billed: { ...PAID, says: "HTTP 504; the call was carried out.", reply: timedOut },
  gateway_504_unbilled: { ...FAILED, says: "HTTP 504; the data provider failed.", reply: timedOut },
  redirect: {
    ...UNSEEN,
    says: "HTTP 302 to another host, which must not get the key.",
    reply: (_reply, { request }) => ({ status: 302, headers: { location: ELSEWHERE + request.path }, body: "" }),
  },
};

const WITHIN_200: FaultTable = {
  error_string: {
    ...UNSEEN,
    says: "HTTP 200 with the error as text; it repeats the key.",
    reply: (_reply, { request }) => jsonReply(200, { error: `invalid token ${echoedKey(request)}` }),
  },
  error_object: {
    ...UNSEEN,
    says: "HTTP 200 with an error object.",
    reply: () => errorReply(200, "authentication_error", "missing_api_key", "No API key was provided."),
  },
  success_false: {
    ...UNSEEN,
    says: "HTTP 200 with success: false.",
    reply: () => jsonReply(200, { success: false, code: "insufficient_balance", message: HOSTILE }),
  },
};

export const GATEWAY_FAULTS: FaultTable = { ...BY_CLIENT, ...BY_GATEWAY, ...WITHIN_200 } satisfies Record<
  string,
  Fault
>;

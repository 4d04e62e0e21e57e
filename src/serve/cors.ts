import { Refusal } from "./refusal.ts";

const ALLOWED_HEADERS = [
  "content-type",
  "authorization",
  "accept",
  "last-event-id",
  "mcp-protocol-version",
  "mcp-session-id",
  "mcp-method",
  "mcp-name",
  "traceparent",
  "tracestate",
  "x-request-id",
];

const EXPOSED_HEADERS = "mcp-session-id, mcp-protocol-version, www-authenticate, retry-after, x-request-id";

/** Arguments that a tool has mirrored into headers (protocol 2026-07-28); a prefix cannot be allowed, so names are. */
const PARAM_HEADER = /^mcp-param-[a-z0-9_-]{1,64}$/;
const MAX_PARAM_HEADERS = 32;

/** Browsers cap it: Chromium at 2 hours. */
const MAX_AGE_S = 7200;

export type IsAllowedOrigin = (origin: string) => boolean;

/**
 * @param origins as browsers send them (`https://app.example`, `moz-extension://id`), or with `:*` for any port of a
 *   host (`http://localhost:*`); `null` and `*` are never honoured
 */
export function createOriginCheck(origins: readonly string[]): IsAllowedOrigin {
  const allowed = new Set(origins.filter((origin) => origin !== "null" && origin !== "*" && !origin.endsWith("//*")));
  return (origin) => {
    if (origin.includes("*")) return false;
    if (allowed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return url.origin === origin && allowed.has(`${url.protocol}//${url.hostname}:*`);
  };
}

/**
 * What lets pages of an allowed origin read an answer; sent with refusals as well.
 * @param origin undefined where the request came from no page
 */
export function toCorsHeaders(origin: string | undefined, isAllowed: IsAllowedOrigin): Record<string, string> {
  const vary = { vary: "Origin" };
  if (origin === undefined || !isAllowed(origin)) return vary;
  return { ...vary, "access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED_HEADERS };
}

/** @throws {Refusal} `bad_origin`: a page that may not talk to us; no `Origin` is no page */
export function checkOrigin(origin: string | undefined, isAllowed: IsAllowedOrigin): void {
  if (origin !== undefined && !isAllowed(origin)) throw new Refusal("bad_origin", { detail: origin });
}

/**
 * The answer to a preflight, beside what `toCorsHeaders` gives.
 * @param requested `Access-Control-Request-Headers`
 */
export function toPreflightHeaders(methods: string, requested: string | undefined): Record<string, string> {
  const params = (requested ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => PARAM_HEADER.test(name));
  return {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": [...ALLOWED_HEADERS, ...params.slice(0, MAX_PARAM_HEADERS)].join(", "),
    "access-control-max-age": String(MAX_AGE_S),
    vary: "Origin, Access-Control-Request-Headers",
  };
}

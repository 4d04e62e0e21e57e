import { readUrl } from "../read-url.ts";
import { Refusal } from "./http-refusal.ts";

/** Two of these, and the hops on the way may each go by another one. */
const SINGLE_HEADERS = new Set([
  "host",
  "origin",
  "authorization",
  "content-length",
  "transfer-encoding",
  "content-type",
  "content-encoding",
  "expect",
  "mcp-session-id",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
]);

/** A DNS name, an IPv4 address or an IPv6 one in brackets, and perhaps a port: nothing that a URL parser would bend. */
const HOST_FORM = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * The header names us: against DNS rebinding, where a page's own host name leads to this machine.
 * @param rawHeaders names and values in turn, as Node gives them
 * @param hosts names without a port, in lower case, IPv6 in brackets
 * @throws {Refusal} `bad_host`, also when it is missing or there twice
 */
export function checkHost(rawHeaders: readonly string[], hosts: ReadonlySet<string>): void {
  const given = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
  const name = given.length === 1 ? HOST_FORM.exec(given[0] ?? "")?.[1]?.toLowerCase() : undefined;
  if (name === undefined || !hosts.has(name)) throw new Refusal("bad_host", { detail: given.join(" | ") });
}

/**
 * No header on which safety rests is there twice, and the body has one length. Node's parser refuses most of this
 * already; what it lets through (two `Host`, `gzip, chunked`, chunks in HTTP/1.0) is refused here, and the rest again
 * in case an option of the runtime makes it lenient.
 * @throws {Refusal} `conflicting_headers`
 */
export function checkHeaders(rawHeaders: readonly string[], httpVersion: string): void {
  const seen = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) throw new Refusal("conflicting_headers", { detail: name });
    seen.set(name, rawHeaders[index + 1] ?? "");
  }
  const coding = seen.get("transfer-encoding");
  if (coding === undefined) return;
  const isPlain = coding.toLowerCase() === "chunked" && httpVersion === "1.1" && !seen.has("content-length");
  if (!isPlain) throw new Refusal("conflicting_headers", { detail: "transfer-encoding" });
}

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
    const url = readUrl(origin);
    return url !== undefined && url.origin === origin && allowed.has(`${url.protocol}//${url.hostname}:*`);
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

/** Where the document of RFC 9728 stands when it is not asked for by the endpoint's own path. */
const METADATA_PATH = "/.well-known/oauth-protected-resource";

/** What logs and metrics call a path: the paths served, and `other`. */
export const ROUTES = ["/mcp", "/healthz", "/readyz", "/metrics", METADATA_PATH, "other"] as const;
export type Route = (typeof ROUTES)[number];

const METHODS: Record<Route, readonly string[]> = {
  "/mcp": ["POST", "GET", "DELETE", "OPTIONS"],
  "/healthz": ["GET", "HEAD"],
  "/readyz": ["GET", "HEAD"],
  "/metrics": ["GET", "HEAD"],
  [METADATA_PATH]: ["GET", "HEAD", "OPTIONS"],
  other: [],
};

/** A path and perhaps a query, in visible ASCII: older parsers of Node let other bytes through. */
const PLAIN_PATH = /^\/[\x21-\x7e]*$/;

/** Names under which clients are known to put a token into a URL, where proxies and logs keep it. */
const TOKEN_NAMES = new Set(["access_token", "token", "api_key", "apikey", "key", "authorization", "bearer"]);

/**
 * The route of a request target, compared as it came: nothing is decoded or resolved, so `//mcp`, `/%6dcp` and
 * `/mcp/../mcp` are paths that nobody serves.
 * @param metadataPath the path-aware form of RFC 9728; undefined where there is no such document, in neither form
 */
export function toRoute(target: string, metadataPath: string | undefined): Route {
  const path = target.split("?", 1)[0] ?? "";
  if (path === METADATA_PATH || path === metadataPath) return metadataPath === undefined ? "other" : METADATA_PATH;
  return ROUTES.find((route) => route === path) ?? "other";
}

/**
 * A target that we serve, with a method it takes.
 * @throws {Refusal} `bad_target` for the absolute, authority and asterisk forms; `unknown_path`, `wrong_method`,
 *   `token_in_query`; any other query is left alone and means nothing
 */
export function checkTarget(route: Route, method: string, target: string): void {
  if (!PLAIN_PATH.test(target)) throw new Refusal("bad_target");
  if (hasToken(target)) throw new Refusal("token_in_query");
  if (route === "other") throw new Refusal("unknown_path");
  if (!METHODS[route].includes(method)) throw new Refusal("wrong_method", { headers: toAllow(route) });
}

/** The methods of a route as the header that names them. */
export function toAllow(route: Route): { allow: string } {
  return { allow: METHODS[route].join(", ") };
}

function hasToken(target: string): boolean {
  const start = target.indexOf("?");
  if (start < 0) return false;
  return [...new URLSearchParams(target.slice(start)).keys()].some((name) => TOKEN_NAMES.has(name.toLowerCase()));
}

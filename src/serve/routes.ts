import { Refusal } from "./refusal.ts";

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

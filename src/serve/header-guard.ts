import { Refusal } from "./refusal.ts";

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

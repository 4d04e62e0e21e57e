/**
 * Which URLs are one page. Two URLs with the same key are variants of each other:
 * they differ in scheme, default port, `www.`, letter case of the host, fragment or a trailing slash only.
 */
export interface UrlIdentity {
  /** Host without `www.`, lower case, port kept when it is not the scheme's own. */
  host: string;
  /** Path and query as written, without fragment; `/` when empty. */
  path: string;
  key: string;
}

const URL_FORM = /^(?:([a-z][a-z0-9+.-]*):)?\/\/([^/?#\\]*)([^#]*)/i;

/**
 * Reads a URL leniently: crawled lists hold malformed ones (`…/page)`), which are pages all the same.
 * @param base the page a relative redirect location stands on
 * @returns undefined when there is no host to speak of
 */
export function identifyUrl(url: string, base?: UrlIdentity): UrlIdentity | undefined {
  const match = URL_FORM.exec(url.trim());
  if (match === null) return base === undefined ? undefined : resolveRelative(url.trim(), base);
  const [, scheme = "http", authority = "", rest = ""] = match;
  const host = normaliseHost(authority.slice(authority.lastIndexOf("@") + 1), scheme.toLowerCase());
  return host === "" ? undefined : identityOf(host, rest);
}

function normaliseHost(authority: string, scheme: string): string {
  const defaultPort = scheme === "https" ? ":443" : ":80";
  const lower = authority.toLowerCase();
  const withoutPort = lower.endsWith(defaultPort) ? lower.slice(0, -defaultPort.length) : lower;
  return withoutPort.replace(/^www\./, "").replace(/\.$/, "");
}

function resolveRelative(url: string, base: UrlIdentity): UrlIdentity | undefined {
  const bare = url.split("#", 1)[0] ?? "";
  if (bare === "" || /^[a-z][a-z0-9+.-]*:/i.test(bare)) return undefined;
  if (bare.startsWith("/")) return identityOf(base.host, bare);
  const folder = base.path.split("?", 1)[0]?.replace(/[^/]*$/, "") ?? "/";
  return identityOf(base.host, bare.startsWith("?") ? (base.path.split("?", 1)[0] ?? "/") + bare : folder + bare);
}

function identityOf(host: string, rest: string): UrlIdentity {
  const path = rest === "" || rest.startsWith("?") ? `/${rest}` : rest;
  const [pathname = "", query] = splitOnce(path, "?");
  const trimmed = pathname.replace(/\/+$/, "");
  return { host, path, key: `${host}${trimmed}${query === undefined || query === "" ? "" : `?${query}`}` };
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

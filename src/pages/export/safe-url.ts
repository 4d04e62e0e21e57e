/**
 * A web address in characters that stand for nothing but themselves in every configuration we write: letters, digits,
 * `-._~!()+,;:@&=/`, whole percent-codes, and one `?`. No quote, space, line break, `$`, `#`, backslash, bracket or
 * brace can be in it.
 */
export interface SafeUrl {
  protocol: "http" | "https";
  /** Lower case, internationalised names in their ASCII form, `www.` kept. */
  host: string;
  /** Begins with `/`. */
  path: string;
  /** With its `?`; empty when there is none. */
  query: string;
  /** Spelt as browsers send it: nothing had to be encoded beyond what they encode themselves. */
  isAsSent: boolean;
}

/** Longer than any page's address; a parameter of an nginx configuration ends at 4,096 bytes. */
const MAX_CHARS = 2000;

const HOST = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/;
const UNSAFE = /[^\w\-.~!()+,;:@&=/%]|%(?![0-9a-f]{2})/gi;

/**
 * Reads an address as browsers do, and encodes what they leave raw.
 * @param base where a relative redirect location stands
 * @returns undefined for what is no http(s) address, has a port of its own, or is endless
 */
export function toSafeUrl(url: string, base?: string): SafeUrl | undefined {
  if (url.length > MAX_CHARS || !URL.canParse(url, base)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(url, base);
  if ((protocol !== "https:" && protocol !== "http:") || port !== "" || !HOST.test(hostname)) return undefined;
  const path = encode(pathname);
  const query = search === "" ? "" : `?${encode(search.slice(1))}`;
  if (path.length + query.length > MAX_CHARS) return undefined;
  const isAsSent = path === pathname && query === search;
  return { protocol: protocol === "https:" ? "https" : "http", host: hostname, path, query, isAsSent };
}

const encode = (text: string): string =>
  // The parser has left ASCII only.
  text.replace(UNSAFE, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

export const toHref = ({ protocol, host, path, query }: SafeUrl): string => `${protocol}://${host}${path}${query}`;

/** Without `www.`: one site answers under both. */
export const bareHost = (host: string): string => host.replace(/^www\.(?=.*\.)/, "");

/** The target itself, or a subdomain of it. */
export function isOwnHost(host: string, target: string): boolean {
  const bare = bareHost(host);
  return bare === target || bare.endsWith(`.${target}`);
}

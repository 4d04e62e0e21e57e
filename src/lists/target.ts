import { domainToUnicode } from "node:url";
import { parse as parseDomain } from "tldts-icann";
import { got, Refusal } from "./arguments.ts";
import { quoteForMessage } from "./text.ts";

export interface ParsedTarget {
  /** Lower case, punycode, no `www.`, no trailing dot: as the upstream wants it. */
  target: string;
  /** What was read differently from how it was written; left out when nothing was. */
  note?: string;
}

const WORKS = 'use a domain or subdomain such as "forbes.com"';
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const MAX_HOST_CHARS = 253;
/** Longer than any URL worth reading a host from. */
const MAX_INPUT_CHARS = 8192;

/**
 * Brings what people paste (a URL, upper case, `www.`, a port, an IDN) to the bare domain the endpoint takes.
 * @throws {Refusal} naming `target` and why for an empty value, an e-mail address, an IP address, a bare TLD,
 *   a wildcard, or anything that is no host name
 */
export function parseTarget(input: unknown): ParsedTarget {
  if (typeof input !== "string" || input.trim() === "") {
    throw new Refusal("target", `is required, a domain or subdomain as text, ${got(input)}`, WORKS);
  }
  const written = input.trim();
  if (written.length > MAX_INPUT_CHARS) throw new Refusal("target", "is too long for a domain", WORKS);
  const { host, rest } = splitHost(unquote(written));
  const name = toAsciiHost(host, written);
  const target = stripWww(name);
  const dropped = rest !== "" && rest !== "/";
  if (target === written) return { target };
  return {
    target,
    note:
      `target ${quoteForMessage(withoutCredentials(written))} read as "${target}"` +
      (dropped ? `; this endpoint takes no path, filter by "page" for one` : ""),
  };
}

/** A pasted URL may carry a user name and password, which an answer must not repeat. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/?#@]*@/, "//");
}

function unquote(text: string): string {
  const inner = /^(["'`<])(.*)(["'`>])$/s.exec(text)?.[2];
  return (inner ?? text).trim();
}

function splitHost(text: string): { host: string; rest: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):(?=\/\/)/i.exec(text)?.[1]?.toLowerCase();
  if (/^mailto:/i.test(text)) throw refuseEmail(text);
  if (scheme !== undefined && !/^(?:https?|wss?|ftps?)$/.test(scheme)) {
    throw new Refusal("target", `${quoteForMessage(`${scheme}://`)} names no website`, WORKS);
  }
  const afterScheme = scheme === undefined ? text.replace(/^\/\//, "") : text.slice(scheme.length + 3);
  const end = afterScheme.search(/[/?#\\]/);
  const authority = end < 0 ? afterScheme : afterScheme.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at >= 0 && scheme === undefined) throw refuseEmail(text);
  return { host: authority.slice(at + 1), rest: end < 0 ? "" : afterScheme.slice(end) };
}

const refuseEmail = (text: string): Refusal =>
  new Refusal("target", `${quoteForMessage(text)} is an e-mail address`, "use the part after the @");

function toAsciiHost(written: string, whole: string): string {
  const bracketed = written.startsWith("[");
  const host = (bracketed ? written : written.replace(/:\d*$/, "")).replace(/\.+$/, "");
  const refuse = (rule: string, works = WORKS) => new Refusal("target", rule, works);
  if (host.includes("*")) {
    throw refuse(
      "takes no wildcard",
      'name the domain itself: subdomains are included unless "include_subdomains" is false',
    );
  }
  if (bracketed || isIpv6(written) || isIp(host)) {
    throw refuse(`${quoteForMessage(written)} is an IP address; the endpoint takes names only`);
  }
  const ascii = toPunycode(host);
  if (ascii === undefined) throw refuse(`${quoteForMessage(whole)} holds no domain name`);
  if (isIp(ascii)) throw refuse(`${quoteForMessage(host)} is an IP address; the endpoint takes names only`);
  if (ascii.length > MAX_HOST_CHARS) throw refuse(`a domain name has at most ${MAX_HOST_CHARS} characters`);
  const bad = ascii.split(".").find((label) => !LABEL.test(label));
  if (bad !== undefined) throw refuse(`${quoteForMessage(host)} is no domain name: look at ${quoteForMessage(bad)}`);
  if (parseDomain(ascii).domain === null) {
    throw refuse(`${quoteForMessage(host)} is a top-level domain or a bare name, not a registered domain`);
  }
  return ascii;
}

/** The IDNA form through the URL parser, which is the one that browsers use. */
function toPunycode(host: string): string | undefined {
  if (host === "" || /[\s%@:<>^|`{}"']/.test(host)) return undefined;
  try {
    const ascii = new URL(`http://${host}/`).hostname.replace(/\.+$/, "");
    return isDecodable(ascii) ? ascii : undefined;
  } catch {
    return undefined;
  }
}

/** Node 24's URL parser lets broken punycode pass, and leaves it as it is when it is asked to decode it. */
function isDecodable(ascii: string): boolean {
  if (!/(?:^|\.)xn--/.test(ascii)) return true;
  const unicode = domainToUnicode(ascii);
  return unicode !== "" && !/(?:^|\.)xn--/.test(unicode);
}

const isIp = (host: string): boolean => /^\d+(?:\.\d+){3}$/.test(host) || /^(?:0x[\da-f]+|\d+)$/i.test(host);

/** Two colons or more, so that a scheme without slashes or an odd port is not taken for an address. */
const isIpv6 = (host: string): boolean => /^(?=.*:.*:)[\da-f:.]+(?:%.*)?$/i.test(host);

/** `www.` goes, however often it stands there, unless it is itself the name that was registered (`www.com`). */
function stripWww(name: string): string {
  if (!name.startsWith("www.")) return name;
  const bare = name.slice(4);
  return parseDomain(bare).domain === null ? name : stripWww(bare);
}

/** The registrable domain of a host: `shop.acme.co.uk` → `acme.co.uk`; the host itself when it has none. */
export function registrableDomain(host: string): string {
  return parseDomain(host).domain ?? host;
}

import { domainToUnicode } from "node:url";
import { parse as parseDomain } from "tldts-icann";
import { got, isLeftOut, Refusal, readJsonString } from "./arguments.ts";
import { quoteForMessage } from "./text.ts";

export interface ParsedTarget {
  /** Lower case, punycode, no `www.`, no trailing dot: as the upstream wants it. */
  target: string;
  /** What was read differently from how it was written; left out when nothing was. */
  note?: string;
}

const WORKS = 'use a domain or subdomain such as "forbes.com"';
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
/** Of an unlisted top-level domain too: no name under one of another form was ever registered. */
const TOP_LEVEL = /^(?:[a-z]+|xn--[a-z0-9-]+)$/;
const MAX_HOST_CHARS = 253;
/** Longer than any URL worth reading a host from. */
const MAX_INPUT_CHARS = 8192;

/** Who asks for the target. */
export interface TargetOptions {
  /** How the caller's argument is called. @default "target" */
  argument?: string;
  /** The tool at hand has `filters`, so that a path can be asked for with them. @default true */
  takesFilters?: boolean;
}

/**
 * Brings what people paste (a URL, upper case, `www.`, a port, an IDN, a Search Console property, a Markdown link, a list
 * of one) to the bare domain the endpoint takes.
 * @throws {Refusal} naming the argument and why for an empty value, several domains, an e-mail address, an IP address, a
 *   bare TLD, a wildcard, or anything that is no host name
 */
export function parseTarget(
  input: unknown,
  { argument = "target", takesFilters = true }: TargetOptions = {},
): ParsedTarget {
  const refuse: Refuse = (rule, works = WORKS) => new Refusal(argument, rule, works);
  const written = toOneText(input, refuse);
  if (written === undefined) throw refuse(`is required, a domain or subdomain as text, ${got(input)}`);
  if (written.length > MAX_INPUT_CHARS) throw refuse("is too long for a domain");
  const { host, rest } = splitHost(unwrap(written), written, refuse);
  const target = stripWww(toAsciiHost(host, written, refuse));
  const dropped = rest !== "" && rest !== "/";
  if (target === input || target === written) return { target };
  return {
    target,
    note:
      `${argument} ${quoteForMessage(withoutCredentials(written))} read as "${target}"` +
      (dropped ? `; this endpoint takes no path${takesFilters ? ', filter by "page" for one' : ""}` : ""),
  };
}

type Refuse = (rule: string, works?: string) => Refusal;

/** One text, also as the only one of a list, in JSON or not. */
function toOneText(input: unknown, refuse: Refuse): string | undefined {
  const list = typeof input === "string" ? readJsonString(input) : input;
  if (Array.isArray(list)) {
    const texts = list.filter((each) => typeof each === "string" && !isLeftOut(each));
    if (texts.length > 1) throw refuse(`is ${texts.length} domains, and one call takes one`, "call once for each");
    return texts.length === 1 && texts.length === list.length ? toOneText(texts[0], refuse) : undefined;
  }
  if (typeof list === "object" && list !== null) throw refuse(`must be text, ${got(list)}`);
  // A number in quotes is somebody's text too: it is refused as what it is.
  return typeof input === "string" && !isLeftOut(input) ? input.trim() : undefined;
}

/** A pasted URL may carry a user name and password, which an answer must not repeat. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/?#@]*@/, "//");
}

/** What a domain stands in when it is copied from a page, a chat or another tool: each form with what is inside. */
const WRAPPINGS: readonly RegExp[] = [
  // Markdown: [text](https://acme.example "title"), also around an image, [text][1] and what stands below it,
  // [1]: https://acme.example; Slack: <https://acme.example|text>, HTML: <a href="…">.
  /^\[!\[[^\]]*\]\([^)]*\)\]\(\s*<?([^\s>)]+)/,
  /^!?\[[^\]]*\]\(\s*<?([^\s>)]+)/,
  /^\[([^[\]]+)\]\s?\[[^[\]]*\]$/,
  /^\[[^[\]]+\]:\s+(\S.*)$/s,
  /^<([^<>|\s]+)\|[^<>]*>$/,
  /^<a\s[^>]*?href\s*=\s*["']?([^"'\s>]+)/i,
  // The mark of a list, and emphasis; a star alone may be meant as a wildcard.
  /^[-•>]\s+(\S.*)$/s,
  /^(?:\*\*|__)(.*)(?:\*\*|__)$/s,
  /^_(.*)_$/s,
  // A rule of an ad blocker.
  /^\|\|(.*)\^$/s,
  // Search Console's domain properties, search operators, feeds and labels; only before something with a dot.
  /^(?:sc-domain|site|domain|url|website|host|origin|target|inurl|related|cache|info|link|feed|view-source)\s*(?::|%3A|=)\s*(?=[^\s/]*\.|https?:)(.*)$/is,
];

/** Wrappings stand inside each other, but hardly deeper than this. */
const MAX_WRAPPINGS = 8;

function unwrap(written: string): string {
  let text = written
    .replace(/\p{Cf}/gu, "")
    .replace(/&lt;/g, "<")
    .replace(/&(?:gt|quot|#39|#x27);/g, '"')
    .replace(/%(?:3a|2f|20|22|3c|3e)/gi, decodeURIComponent)
    .replace(/[[({](?:\.|dot)[\])}]/gi, ".")
    .replace(/^hxxp/i, "http")
    .replace(/^(?:https?:\/\/)+(?=https?:\/\/)/i, "");
  for (let depth = 0; depth < MAX_WRAPPINGS; depth += 1) {
    const before = text;
    const inner = WRAPPINGS.map((form) => form.exec(text)?.[1]?.trim()).find(Boolean);
    text = inner ?? trimMarks(text);
    if (text === before) break;
  }
  return text.replace(/^(https?)(?::\/?|;?\/\/)(?=[^/\d:;])/i, "$1://");
}

/** Quotes and brackets of all scripts open something, and close it with the marks that end a sentence. */
const OPENING = /[\s"'`<\uff02\uff07\p{Ps}\p{Pi}\p{Pf}]/u;
const CLOSING = /[\s"'`>\uff02\uff07\p{Pe}\p{Pi}\p{Pf},;:!?….。、，；]/u;

/** Without the quotes, brackets and marks of a sentence around it, whole pairs or half of one. */
function trimMarks(text: string): string {
  // The brackets of an IPv6 address are its own.
  if (ADDRESS.test(text)) return text;
  const isMark = (marks: RegExp, at: number) => marks.test(text[at] ?? "");
  let start = 0;
  let end = text.length;
  while (start < end && isMark(OPENING, start)) start += 1;
  while (end > start && isMark(CLOSING, end - 1)) end -= 1;
  return text.slice(start, end);
}

const ADDRESS = /\[[\da-f.]*:[\da-f:.]*(?:%\w*)?\]/i;

function splitHost(text: string, written: string, refuse: Refuse): { host: string; rest: string } {
  const refuseEmail = () => refuse(`${quoteForMessage(written)} is an e-mail address`, "use the part after the @");
  const scheme = /^([a-z][a-z0-9+.-]*):(?=\/\/)/i.exec(text)?.[1]?.toLowerCase();
  if (/^mailto:/i.test(text)) throw refuseEmail();
  if (scheme !== undefined && !/^(?:https?|wss?|ftps?)$/.test(scheme)) {
    throw refuse(`${quoteForMessage(`${scheme}://`)} names no website`);
  }
  const afterScheme = scheme === undefined ? text.replace(/^\/\//, "") : text.slice(scheme.length + 3);
  const end = afterScheme.search(/[/?#\\]/);
  const authority = end < 0 ? afterScheme : afterScheme.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at >= 0 && scheme === undefined) throw refuseEmail();
  return { host: authority.slice(at + 1), rest: end < 0 ? "" : afterScheme.slice(end) };
}

function toAsciiHost(written: string, whole: string, refuse: Refuse): string {
  const bracketed = ADDRESS.test(written);
  const host = (bracketed ? written : written.replace(/:\d*$/, "")).replace(/[.,;:!?]+$/, "");
  if (host.includes("*")) throw refuse("takes no wildcard", "name the domain itself: its subdomains come with it");
  if (bracketed || isIpv6(written) || isIp(host)) {
    throw refuse(`${quoteForMessage(written)} is an IP address; the endpoint takes names only`);
  }
  const named = listDomains(whole);
  if (/[\s,;|]/.test(host) && named.length > 1) {
    throw refuse(`${quoteForMessage(whole)} is ${named.length} domains, and one call takes one`, "call once for each");
  }
  const ascii = toPunycode(host);
  if (ascii === undefined) {
    const [only] = named;
    throw only !== undefined && /\s/.test(whole)
      ? refuse(`${quoteForMessage(whole)} is more than a domain name`, `if that is meant, use "${only}"`)
      : refuse(`${quoteForMessage(whole)} holds no domain name`);
  }
  if (isIp(ascii)) throw refuse(`${quoteForMessage(host)} is an IP address; the endpoint takes names only`);
  if (ascii.length > MAX_HOST_CHARS) throw refuse(`a domain name has at most ${MAX_HOST_CHARS} characters`);
  const labels = ascii.split(".");
  const bad = labels.find((label, index) => !(index === labels.length - 1 ? TOP_LEVEL : LABEL).test(label));
  if (bad !== undefined) throw refuse(`${quoteForMessage(host)} is no domain name: look at ${quoteForMessage(bad)}`);
  if (parseDomain(ascii).domain === null) {
    throw refuse(`${quoteForMessage(host)} is a top-level domain or a bare name, not a registered domain`);
  }
  return ascii;
}

/** Names of registered domains in a text, each once, as they stand there. */
function listDomains(text: string): string[] {
  const names = text.toLowerCase().match(/[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu) ?? [];
  return [...new Set(names.filter((name) => !isIp(name) && parseDomain(name).domain !== null))];
}

/** The IDNA form through the URL parser, which is the one that browsers use. */
function toPunycode(host: string): string | undefined {
  if (host === "" || /[\s%@:<>^|`{}"'\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/u.test(host)) return undefined;
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

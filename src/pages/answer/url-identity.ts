import { readUrl } from "../../read-url.ts";

/**
 * Which URLs are one page. Two URLs with the same key are variants of each other: they differ only in
 * - scheme (http or https), user, default port, `www.`, letter case and script of the host, fragment;
 * - percent-encoding that RFC 3986 (6.2.2) and the URL Standard hold equal, dot segments;
 * - tracking parameters and session ids, empty query parts;
 * - a trailing slash or a default document.
 *
 * Everything else makes another page: any other parameter (`p`, `id`, `lang`, `page`, `q`, `v`), its value, the order
 * of parameters (it can matter, as in `a=1&a=2`, and caches tell the orders apart) and letter case of the path.
 */
export interface UrlIdentity {
  /** Host without `www.`, lower case, internationalised names in their ASCII form, port kept when it is no default. */
  host: string;
  /** Path and query as written, without fragment; `/` when empty. */
  path: string;
  /** Is its own key when read as a URL again: `identifyUrl("https://" + key).key === key`. */
  key: string;
  /**
   * The key before a trailing slash and a default document went: those two are habits of servers and no rule, so a
   * page that answers differently under the other spelling is another page.
   */
  exactKey: string;
  /** A tracking parameter or session id was left out of the key. */
  isTracked: boolean;
}

const URL_FORM = /^(?:([a-z][a-z0-9+.-]*):)?\/\/([^/?#\\]*)([^#]*)/i;

/**
 * Reads a URL leniently: crawled lists hold malformed ones (`…/page)`), which are pages all the same. Every step goes
 * over the URL once, so that a hostile one costs no more than its length.
 * @param base the page a relative redirect location stands on
 * @returns undefined when there is no web host to speak of
 */
export function identifyUrl(url: string, base?: UrlIdentity): UrlIdentity | undefined {
  const trimmed = url.trim();
  const plain = splitPlain(trimmed);
  if (plain !== undefined) {
    const host = bareHost(plain.host);
    return host === undefined ? undefined : identityOf(host, plain.rest);
  }
  const match = URL_FORM.exec(trimmed);
  if (match === null) return base === undefined ? undefined : resolveRelative(trimmed, base);
  const [, scheme = "http", authority = "", rest = ""] = match;
  // An ftp: or android-app: address with the same host and path is not this page.
  if (!/^https?$/i.test(scheme)) return undefined;
  const host = normaliseHost(authority.slice(authority.lastIndexOf("@") + 1));
  return host === undefined ? undefined : identityOf(host, rest);
}

const PLAIN_HOST = /^[a-z0-9.-]+$/;

/** What nearly every URL is, taken apart without a pattern: a web scheme, a host that is written as it is kept, a path. */
function splitPlain(url: string): { host: string; rest: string } | undefined {
  const start = url.startsWith("https://")
    ? "https://".length
    : url.startsWith("http://")
      ? "http://".length
      : undefined;
  const end = start === undefined ? -1 : url.indexOf("/", start);
  const host = end < 0 ? "" : url.slice(start, end);
  if (!PLAIN_HOST.test(host)) return undefined;
  const fragment = url.indexOf("#", end);
  return { host, rest: fragment < 0 ? url.slice(end) : url.slice(end, fragment) };
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^:[\]\s\p{Cc}]+)(?::(\d*))?$/u;

function normaliseHost(authority: string): string | undefined {
  const lower = authority.toLowerCase();
  if (PLAIN_HOST.test(lower)) return bareHost(lower);
  const match = HOST_AND_PORT.exec(lower);
  const host = match === null ? undefined : bareHost(toAsciiHost(match[1] ?? ""));
  if (host === undefined) return undefined;
  // Both are default ports: the scheme is no part of the identity either.
  const port = match?.[2] ?? "";
  return port === "" || port === "80" || port === "443" ? host : `${host}:${port}`;
}

/** Without `www.`, however often it stands there, unless it is itself the name that was registered (`www.com`). */
function bareHost(host: string): string | undefined {
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  if (name === "" || name.endsWith(".")) return undefined;
  return !name.startsWith("www.") ? name : name.replace(/^(?:www\.)+(?=.*\.)/, "");
}

/** `münchen.example` and `xn--mnchen-3ya.example` are one host. `URL` is slow, and rarely needed. */
function toAsciiHost(host: string): string {
  if (/^\p{ASCII}*$/u.test(host)) return host;
  return readUrl(`http://${host}`)?.hostname ?? "";
}

function resolveRelative(url: string, base: UrlIdentity): UrlIdentity | undefined {
  const bare = url.split("#", 1)[0] ?? "";
  if (bare === "" || /^[a-z][a-z0-9+.-]*:/i.test(bare)) return undefined;
  if (bare.startsWith("/")) return identityOf(base.host, bare);
  const [page] = splitOnce(base.path, "?");
  return identityOf(base.host, bare.startsWith("?") ? page + bare : page.slice(0, page.lastIndexOf("/") + 1) + bare);
}

/** Most paths: nothing to decode, no session id, and a dot segment only where it begins with a dot. */
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*)*\/*$/;

function identityOf(host: string, rest: string): UrlIdentity {
  const path = rest.startsWith("/") || rest.startsWith("\\") ? rest : `/${rest}`;
  const [writtenPath, writtenQuery] = splitOnce(path, "?");
  const place = PLAIN_PATH.test(writtenPath) ? { path: writtenPath, hasSession: false } : settlePath(writtenPath);
  const query = writtenQuery === "" ? { kept: "", isTracked: false } : sieveQuery(writtenQuery);
  const exactKey = `${host}${place.path}${query.kept}`;
  const shortPath = dropHabits(place.path);
  return {
    host,
    path,
    key: shortPath === place.path ? exactKey : `${host}${shortPath}${query.kept}`,
    exactKey,
    isTracked: query.isTracked || place.hasSession,
  };
}

/** The query without the parts that name no page, with its `?`; empty when nothing is left. */
function sieveQuery(written: string): { kept: string; isTracked: boolean } {
  const parts = encodeEvenly(written)
    .split("&")
    .filter((part) => part !== "");
  const kept = parts.filter((part) => !isTrackingParameter(...splitOnce(part, "=")));
  return { kept: kept.length === 0 ? "" : `?${kept.join("&")}`, isTracked: kept.length < parts.length };
}

/** What is equal to itself in every spelling: unreserved characters and delimiters, raw. */
const EVEN = /^[\w\-.~!$&'()*+,;=:@/?[\]]*$/;
const ENCODED_OR_UNEVEN = /%[0-9a-f]{2}|[^\w\-.~!$&'()*+,;=:@/?[\]%]+|%/gi;

/**
 * Raw also `!'()*`: RFC 2396 still counted them as unreserved and `encodeURIComponent` does, so both spellings of one
 * page are out there (`/wiki/Anvil_(tool)`).
 */
const RAW_WHEN_ENCODED = /^[\w\-.~!'()*]$/;

/**
 * One spelling for all that RFC 3986 and the URL Standard hold equal: `%7e` → `~`, `%c3` → `%C3`, `ü` → `%C3%BC`,
 * a space → `%20`; line breaks and tabs are dropped, as browsers do. A `%` that encodes nothing becomes `%25`.
 */
function encodeEvenly(text: string): string {
  if (EVEN.test(text)) return text;
  return text.replace(ENCODED_OR_UNEVEN, (found) => {
    if (found === "%") return "%25";
    if (!found.startsWith("%")) return encodeURIComponent(found.replace(/[\t\n\r]/g, "").replace(/\p{Cs}/gu, "\ufffd"));
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16));
    return RAW_WHEN_ENCODED.test(character) ? character : found.toUpperCase();
  });
}

/** Java's session id stands behind a segment, that of ASP.NET's cookieless sessions is one: `/(S(lit3py55t2))/page`. */
const JAVA_SESSION = /;jsessionid=[^/;]*/gi;
const ASP_NET_SESSION = /^\((?:[ASFX]\([\w-]+\))+\)$/;

/** Encoded evenly, without session ids and dot segments. */
function settlePath(written: string): { path: string; hasSession: boolean } {
  const encoded = encodeEvenly(written.replaceAll("\\", "/"));
  const sessionless = encoded.replace(JAVA_SESSION, "");
  const segments = sessionless.split("/").slice(1);
  const settled: string[] = [];
  let hasSession = sessionless !== encoded;
  for (const [index, segment] of segments.entries()) {
    const isSession = ASP_NET_SESSION.test(segment);
    hasSession ||= isSession;
    if (segment === "..") settled.pop();
    if (!isSession && segment !== "." && segment !== "..") settled.push(segment);
    // A path that ends in such a segment names a folder.
    else if (index === segments.length - 1 && settled.length > 0) settled.push("");
  }
  return { path: `/${settled.join("/")}`, hasSession };
}

/**
 * What servers show for a folder out of the box: Apache (Debian's `dir.conf`), nginx, IIS and Tomcat, and their
 * ASP.NET twins. `home.html` or `main.php` are nobody's default and stay pages. Letter case does not matter, as on IIS.
 */
const DEFAULT_DOCUMENT = /^(?:index\.(?:x?html?|php|aspx?|jsp|cgi|pl)|default\.(?:html?|aspx?))$/i;
const SHORTEST_DEFAULT = "index.pl".length;
const LONGEST_DEFAULT = "default.aspx".length;
const SLASH = 47;

/** Without trailing slashes and default documents, as long as there are any. */
function dropHabits(path: string): string {
  let end = path.length;
  for (;;) {
    while (end > 0 && path.charCodeAt(end - 1) === SLASH) end -= 1;
    const start = path.lastIndexOf("/", end - 1) + 1;
    const length = end - start;
    const mayBeDefault = end > 0 && length >= SHORTEST_DEFAULT && length <= LONGEST_DEFAULT;
    if (!mayBeDefault || !DEFAULT_DOCUMENT.test(path.slice(start, end))) return path.slice(0, end);
    end = start;
  }
}

/** The part before the mark and the part behind it; the latter is empty when there is no mark. */
function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Query parameters that say how a visitor came, or which visit this is, and never which page is shown.
 *
 * A name stands here when its vendor documents it as a click, campaign or recipient mark that the vendor's own links
 * append to any site's URLs, or when page caches that must not mix up pages drop it from their keys by default
 * (Cloudflare APO, WordPress VIP, WP Rocket, Magento's Varnish file), and when it turns up on inbound links. Public
 * removal lists (ClearURLs, AdGuard's URL tracking filter) served as a check; they also hold names of single sites,
 * which are left out here. In doubt a name is left out: a page in two rows is a smaller mistake than two pages in one.
 * So `source`, `from`, `via`, `cid`, `campaignid`, `adid`, `tag` are no tracking: on some sites they choose the page.
 * @see developers.cloudflare.com/automatic-platform-optimization/reference/query-parameters, docs.wpvip.com "Caching
 * of query parameters", docs.wp-rocket.me/article/971, and the vendors named below
 */
const NAMES: ReadonlySet<string> = new Set(
  [
    // Google: Ads and Campaign Manager clicks, Merchant Center listings, Analytics linker, AMP viewer.
    "gclid gclsrc gbraid wbraid dclid gad_source gad_campaignid srsltid _ga _gl usqp amp_gsa amp_js_v",
    // Meta.
    "fbclid fb_action_ids fb_action_types fb_source fb_ref igshid igsh",
    // Microsoft Advertising; Yandex Direct, search and Metrica, and OpenStat, which it reads.
    "msclkid yclid ysclid ymclid _openstat",
    // X, TikTok, LinkedIn, Reddit, Snapchat, Pinterest.
    "twclid ttclid li_fat_id rdt_cid sccid epik",
    // Where a link stood, as the linking site or a directory writes it; X's embeds write the second and third.
    "ref ref_src ref_url referrer referer",
    // Matomo's older names; pk_ itself is no family, because pk is also "primary key".
    "pk_campaign pk_cpn pk_kwd pk_keyword pk_medium pk_source pk_content pk_cid pk_vid",
    // Piano (AT Internet), Mapp, Adobe.
    "xtor at_campaign at_medium at_custom1 at_custom2 at_custom3 at_custom4 wt_mc wt_zmc s_cid s_kwcid ef_id",
    // Newsletters: HubSpot, Marketo, Eloqua, Klaviyo, Kit, ActiveCampaign, Dotdigital, Bronto, Vero, Omeda, MailerLite.
    "hsctatracking mkt_tok elqtrackid elqtrack elqcampaignid elqaid elqat _ke _kx ck_subscriber_id vgo_ee dm_i",
    "_bta_tid _bta_c vero_id vero_conv oly_enc_id oly_anon_id ml_subscriber ml_subscriber_hash",
    // Affiliate networks and recommendation widgets: Awin, Impact, ShareASale, CJ, Tradedoubler, Rakuten, Outbrain, Taboola.
    "awc irclickid irgwc sscid cjevent tduid ranmid raneaid ransiteid dicbo oborigurl tblci",
    // Branch; Alibaba; the mark of Russian advertising law; WordPress, when it calls itself.
    "_branch_match_id _branch_referrer spm erid doing_wp_cron",
    // Sessions: PHP, Java, ColdFusion, osCommerce, xt:Commerce, Zen Cart.
    "phpsessid jsessionid cfid cftoken oscsid xtcsid zenid",
  ].flatMap((names) => names.split(" ")),
);

/**
 * Names that one vendor alone begins like this: Google (Urchin), Parse.ly, Matomo, HubSpot, Mailchimp, Webtrends (as
 * Microsoft's links carry it), Salesforce Marketing Cloud, Blueshift, and Cloudflare's challenge page.
 */
const FAMILIES = /^(?:utm_|itm_|mtm_|matomo_|piwik_|_hs|__hs|hsa_|mc_|wt\.mc_|sfmc_|bsft_|__cf_chl_)/;

/** `sid` (phpBB) and `s` (vBulletin; also WordPress's search) are a session only with an MD5 sum for a value. */
const SHAPED_SESSIONS: ReadonlySet<string> = new Set(["sid", "s", "sessionid", "session_id", "sessid"]);
const MD5 = /^[0-9a-f]{32}$/i;

/**
 * Whether a query parameter marks the visit and not the page. Letter case of the name does not matter, and neither does
 * the `amp;` that a link escaped twice leaves before it.
 * @param name as written, percent-decoded as far as RFC 3986 allows
 * @param value empty when there is none
 */
export function isTrackingParameter(name: string, value: string): boolean {
  const lower = name.toLowerCase();
  const plain = lower.startsWith("amp;") ? lower.slice("amp;".length) : lower;
  return NAMES.has(plain) || FAMILIES.test(plain) || (SHAPED_SESSIONS.has(plain) && MD5.test(value));
}

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

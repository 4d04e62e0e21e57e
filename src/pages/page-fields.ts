import { nearNames, Refusal } from "../lists/arguments.ts";
import { type FieldRules, type Fields, noteRespelled, type ResolvedField } from "../lists/filters/field-names.ts";
import { quoteForMessage } from "../lists/text.ts";
import {
  asksForLinkers,
  BREAKDOWNS,
  CATALOGUES,
  type CatalogueName,
  COUNTRY_MAP,
  EMPTY_KEY_PLACEHOLDER,
  EXPORTED_NAMES,
  LINK_MAPS,
  LINKERS_UNNAMED,
  NOFOLLOW_SHARE,
  OWN_FIELDS,
  SHOWN_NAMES,
  TLD_PLACEHOLDER,
} from "./catalogue.ts";

const TLD_MAP = "page_summary.referring_links_tld";
const TLD_KEY = /^(?:[\p{L}\p{N}-]+\.)*[\p{L}\p{N}-]+$/u;
/** No TLD, of however many labels, is longer than a host name. */
const MAX_TLD_CHARS = 253;
const COUNTRIES = /(?:^|\.)referring_links_countries(?:\.|$)/;
const MAX_KEY_CHARS = 255;
/** The TLD's place is no name; and who writes `url` or `status_code` hardly means the steps between two pages. */
const NEVER_GUESSED = /\.\$tld$|^indirect_link_path\./;

/** Keys that answers spell one way and filters another. */
const KEY_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["message-boards", "message_boards"],
  ["wikis", "wiki"],
]);

/** What no list of names holds: the keys of breakdowns, and what answers call a field of a page. */
function resolvePageName(name: string, path: string, rules: FieldRules): ResolvedField | undefined {
  const ownType = OWN_FIELDS.get(name.toLowerCase());
  if (ownType !== undefined && rules.isKept === true) return { name: name.toLowerCase(), type: ownType };
  if (ownType !== undefined && rules.mapBareNames) throw refuseOwn(name, path);
  const own = rules.mapBareNames ? (resolveShownName(name, path, rules) ?? resolveKey(name, path, rules)) : undefined;
  const known = own ?? resolveTld(name, path, rules);
  if (known === undefined && COUNTRIES.test(name)) throw refuseCountries(path, rules.isKept);
  if (known === undefined && rules.mapBareNames && asksForLinkers(name)) throw refuseLinkers(name, path, rules.isKept);
  return known;
}

/** `backlinks`, `ref_domains`, `nofollow%`: names that answers themselves use, so there is nothing to note. */
function resolveShownName(name: string, path: string, { isKept = false }: FieldRules): ResolvedField | undefined {
  const lower = name.toLowerCase();
  if (lower === NOFOLLOW_SHARE && !isKept) throw refuseShare(path, name);
  if (lower === NOFOLLOW_SHARE) return { name: NOFOLLOW_SHARE, type: "num" };
  if (lower === "url" && isKept) return { name: "url", type: "str" };
  // As many pages as the group of that name counts.
  if (lower === "language" && isKept) return { name: "page_language", type: "str", shown: lower };
  const full = SHOWN_NAMES.get(lower) ?? (isKept ? EXPORTED_NAMES.get(lower) : undefined);
  if (full === undefined) return undefined;
  // What goes over the wire is told as it was sent.
  return { name: full, type: CATALOGUES.pages.get(full) ?? "any", ...(isKept && { shown: lower }) };
}

/** `country:US`, `tld:edu%`, `attribute:ugc`: a group as answers name it, or its share of the referring pages. */
function resolveKey(name: string, path: string, { isKept = false, ...rules }: FieldRules): ResolvedField | undefined {
  const read = readBreakdown(name, isKept);
  if (read === undefined) return undefined;
  const { map, group, key, isShare } = read;
  if (map === TLD_MAP && key !== EMPTY_KEY_PLACEHOLDER) refuseNoTld(key, path);
  const full = `${map}.${key}`;
  if (isKept) {
    const share = isShare ? "%" : "";
    return { name: full + share, type: "num", ...(group !== undefined && { shown: `${group}:${key}${share}` }) };
  }
  if (isShare) throw refuseShare(path, name);
  if (map === COUNTRY_MAP) throw refuseCountries(path);
  if (map === TLD_MAP) return resolveTld(full, path, rules);
  if (CATALOGUES.pages.has(full)) return { name: full, type: "num" };
  const near = nearNames(full, CATALOGUES.pages.keys()).join(", ");
  throw new Refusal(
    path,
    `the upstream cannot filter or sort by ${quoteForMessage(name)}`,
    `closest: ${near}; a kept answer can be asked for any key, free`,
  );
}

interface BreakdownKey {
  map: string;
  /** Its name in answers, where it was written so: `country`. */
  group: string | undefined;
  /** As filters spell it. */
  key: string;
  /** Its share of the referring pages, in percent. */
  isShare: boolean;
}

/** `country:us` → the map of countries and `US`; of what is kept also by the map's own name, `referring_links_countries.US`. */
function readBreakdown(name: string, isKept: boolean): BreakdownKey | undefined {
  const colon = name.indexOf(":");
  const group = name.slice(0, Math.max(0, colon)).trim().toLowerCase();
  const named = BREAKDOWNS.get(group);
  const full = name.startsWith("referring_links_") ? `page_summary.${name}` : name;
  const map = named ?? (isKept ? [...BREAKDOWNS.values()].find((each) => full.startsWith(`${each}.`)) : undefined);
  if (map === undefined) return undefined;
  const rest = (named === undefined ? full.slice(map.length + 1) : name.slice(colon + 1)).trim();
  const isShare = rest.endsWith("%");
  const written = isShare ? rest.slice(0, -1).trim() : rest;
  if (written.length > MAX_KEY_CHARS || /[\p{Cc}%]/u.test(written)) return undefined;
  return { map, group: named === undefined ? undefined : group, key: toKey(map, written), isShare };
}

/** Keys as filters spell them; a group without a name, `(none)` or `(unknown)`, is the empty key. */
function toKey(map: string, written: string): string {
  if (/^(?:|\((?:none|unknown)\)|\$empty)$/i.test(written)) return EMPTY_KEY_PLACEHOLDER;
  if (map === COUNTRY_MAP) return written.toUpperCase();
  if (map === TLD_MAP) return written.toLowerCase().replace(/^\./, "");
  return KEY_SPELLINGS.get(written.toLowerCase()) ?? written;
}

const refuseShare = (path: string, name: string): Refusal =>
  new Refusal(
    path,
    `the upstream cannot filter or sort by a share such as ${quoteForMessage(name)}`,
    "fetch without it: the kept answer can be asked for it, free",
  );

/** What asks the upstream for nearly the same as a name that only kept answers know. */
const UPSTREAM_WAYS: Readonly<Record<string, string>> = {
  section: '["page","like","%/blog/%"]',
  area: '["page","like","%/blog/%"]',
  subdomain: '["page","like","%//blog.acme.example/%"]',
  technology: '["meta.technologies.cms","like","%WordPress%"]',
  month_first_seen: '["page_summary.first_seen",">=","2026-01-01"]',
  month_first_visited: '["first_visited",">=","2026-01-01"]',
  page_language: '["meta.language","=","en"]',
  page_media_type: '["media_type","=","application/pdf"]',
};

function refuseOwn(name: string, path: string): Refusal {
  const way = UPSTREAM_WAYS[name.toLowerCase()];
  const works = way === undefined ? "fetch without it" : `here for example ${way}`;
  const rule = `the upstream does not know ${quoteForMessage(name)}, which a kept answer can be asked for, free`;
  return new Refusal(path, rule, works);
}

const refuseLinkers = (name: string, path: string, isKept = false): Refusal =>
  new Refusal(
    path,
    `${quoteForMessage(name)} tells of single links; ${LINKERS_UNNAMED}`,
    isKept
      ? "counts are backlinks, ref_domains, country:US, tld:edu, attribute:nofollow, link_type:redirect and the like"
      : 'which links are counted is for backlinks_filters, for example ["domain_from","=","example.org"]',
  );

const refuseCountries = (path: string, isKept = false): Refusal =>
  isKept
    ? new Refusal(path, "referring_links_countries holds a count for each country", 'for example "country:US"')
    : new Refusal(
        path,
        "the upstream cannot filter or sort by referring_links_countries",
        'narrow with backlinks_filters ["domain_from_country","=","US"], or ask the kept answer for country:US, free',
      );

/** Names of ours that are no catalogue name's last part: of those the catalogue's own is offered. */
function listOwnNames(isKept: boolean): string[] {
  const shown = [...SHOWN_NAMES].filter(([name, full]) => full !== name && !full.endsWith(`.${name}`));
  const groups = [...BREAKDOWNS.keys()].map((group) => `${group}:${EXAMPLE_KEYS[group] ?? ""}`);
  return [...shown.map(([name]) => name), ...groups, ...(isKept ? [NOFOLLOW_SHARE] : [])];
}

const EXAMPLE_KEYS: Readonly<Record<string, string>> = {
  tld: "edu",
  country: "US",
  platform: "blogs",
  link_type: "redirect",
  attribute: "nofollow",
  semantic_location: "footer",
};

function resolveTld(name: string, path: string, rules: FieldRules): ResolvedField | undefined {
  const map = [TLD_MAP, "referring_links_tld"].find((prefix) => name.startsWith(`${prefix}.`));
  if (map === undefined) return undefined;
  const key = name.slice(map.length + 1).toLowerCase();
  refuseNoTld(key, path);
  const full = `${TLD_MAP}.${key}`;
  if (full === name) return { name: full, type: "num" };
  return rules.mapBareNames ? { name: full, type: "num", note: noteRespelled(path, name, full) } : undefined;
}

function refuseNoTld(key: string, path: string): void {
  if (key.length <= MAX_TLD_CHARS && TLD_KEY.test(key)) return;
  throw new Refusal(path, `put a TLD in place of ${quoteForMessage(key)}`, `for example "${TLD_MAP}.com"`);
}

const NO_STEPS = LINK_MAPS.map((map) => `${map}.`);

/** The fields of a page: what `filters` and `order_by` speak of. */
export const PAGE_FIELDS: Fields = {
  catalogue: CATALOGUES.pages,
  example: '["page_summary.backlinks",">",10]',
  resolve: resolvePageName,
  ownNames: listOwnNames,
  isPlaceholder: (full) => full.endsWith(`.${TLD_PLACEHOLDER}`),
  isNeverGuessed: (full) => NEVER_GUESSED.test(full),
  // A key of a breakdown may hold dots.
  depthOf: (full) => (NO_STEPS.some((map) => full.startsWith(map)) ? 3 : full.split(".").length),
  keySpellings: KEY_SPELLINGS,
};

/** The fields of a single backlink: what `backlinks_filters` speaks of. */
export const BACKLINK_FIELDS: Fields = {
  catalogue: CATALOGUES.backlinks,
  example: '["dofollow","=",true]',
  isNeverGuessed: (full) => NEVER_GUESSED.test(full),
  keySpellings: KEY_SPELLINGS,
};

/** By the name of their catalogue. */
export const FIELDS: Readonly<Record<CatalogueName, Fields>> = { pages: PAGE_FIELDS, backlinks: BACKLINK_FIELDS };

/** Refuses an argument that asks who links. @returns undefined for any other name */
export const refuseLinkerArgument = (written: string): Refusal | undefined =>
  asksForLinkers(written)
    ? new Refusal(
        quoteForMessage(written),
        `unknown argument; ${LINKERS_UNNAMED}`,
        "ask which pages earn links instead",
      )
    : undefined;

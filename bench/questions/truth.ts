/**
 * The truth of a list, worked out from the raw items by code of its own: nothing of the product is imported, so that a
 * mistake in the product cannot agree with itself.
 */
export interface Fact {
  handle: string;
  url: string;
  status: number;
  location: string | null;
  title: string | null;
  rank: number;
  backlinks: number;
  domains: number;
  pages: number;
  nofollow: number;
  spam: number;
  lost: string | null;
  words: number;
  /** Referring pages that link from a footer, menu, header or sidebar. */
  boilerplate: number;
  /** Where a visitor ends: host without www, path without trailing slash, default document and tracking. */
  home: string;
}

/** One real page with its fetched variants. */
export interface RealPage {
  facts: Fact[];
  /** The variant a visitor ends on. */
  main: Fact;
  backlinks: number;
}

export interface Truth {
  facts: Fact[];
  pages: RealPage[];
  target: string;
  total: number;
  backlinks: number;
}

export interface RawItem {
  page: string;
  status_code: number;
  location: string | null;
  meta: { title: string | null; words_count: number };
  page_summary: {
    rank: number;
    backlinks: number;
    referring_domains: number;
    referring_pages: number;
    referring_pages_nofollow: number;
    backlinks_spam_score: number;
    lost_date: string | null;
    referring_links_semantic_locations: Record<string, number>;
  };
}

export function workOut(target: string, total: number, items: readonly RawItem[]): Truth {
  const facts = items.map(toFact);
  const pages = gather(facts);
  return { target, total, facts, pages, backlinks: facts.reduce((sum, { backlinks }) => sum + backlinks, 0) };
}

function toFact({ page, status_code, location, meta, page_summary: s }: RawItem, index: number): Fact {
  return {
    handle: `p${index + 1}`,
    url: page,
    status: status_code,
    location,
    title: meta.title,
    rank: s.rank,
    backlinks: s.backlinks,
    domains: s.referring_domains,
    pages: s.referring_pages,
    nofollow: s.referring_pages_nofollow,
    spam: s.backlinks_spam_score,
    lost: s.lost_date,
    words: meta.words_count,
    boilerplate: ["footer", "nav", "header", "aside"].reduce(
      (sum, place) => sum + (s.referring_links_semantic_locations[place] ?? 0),
      0,
    ),
    home: simplify(page),
  };
}

function simplify(url: string, base?: string): string {
  const { hostname, pathname, searchParams } = new URL(url, base);
  for (const name of [...searchParams.keys()])
    if (/^(?:utm_.*|ref|gclid|fbclid)$/.test(name)) searchParams.delete(name);
  const query = searchParams.toString();
  const path = pathname.replace(/\/index\.html$/, "/").replace(/\/+$/, "");
  return `${hostname.replace(/^www\./, "")}${path}${query === "" ? "" : `?${query}`}`;
}

const isRedirect = ({ status }: Fact): boolean => status >= 300 && status < 400;

function gather(facts: readonly Fact[]): RealPage[] {
  const byHome = groupBy(facts);
  const end = (home: string, seen: string[] = []): string => {
    const here = byHome.get(home) ?? [];
    if (here.some((fact) => !isRedirect(fact)) || here.length === 0) return home;
    const next = here
      .map(({ location, url }) => (location === null ? home : simplify(location, url)))
      .find((each) => each !== home && byHome.has(each));
    if (next === undefined) return home;
    const loop = seen.indexOf(next);
    // A loop is one page, whichever of its URLs one enters by.
    return loop >= 0 ? ([...seen.slice(loop), home].sort()[0] ?? home) : end(next, [...seen, home]);
  };
  const pages = new Map<string, Fact[]>();
  for (const fact of facts) {
    const key = end(fact.home);
    pages.set(key, [...(pages.get(key) ?? []), fact]);
  }
  return [...pages.values()].map((members) => ({
    facts: members,
    main: [...members].sort((a, b) => place(a) - place(b) || b.backlinks - a.backlinks)[0] as Fact,
    backlinks: members.reduce((sum, { backlinks }) => sum + backlinks, 0),
  }));
}

function groupBy(facts: readonly Fact[]): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) groups.set(fact.home, [...(groups.get(fact.home) ?? []), fact]);
  return groups;
}

const place = ({ status }: Fact): number => (status < 300 ? 0 : status >= 400 ? 1 : 2);

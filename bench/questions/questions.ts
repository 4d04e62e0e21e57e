import type { Seen, SeenFinding, SeenRow } from "./seen.ts";
import type { Fact, RealPage, Truth } from "./truth.ts";

/** What an answer to a question can be; undefined when what is seen does not settle it. */
export type Value = string | number | boolean | undefined;

export interface Question {
  ask: string;
  /** From the raw items alone. */
  truth: (truth: Truth) => Value;
  /** From what the model sees alone. */
  read: (seen: Seen) => Value;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const most = <T>(items: readonly T[], by: (item: T) => number): T | undefined =>
  [...items].sort((a, b) => by(b) - by(a))[0];
const isDead = ({ status }: Fact): boolean => status >= 400;
const isMoved = ({ status }: Fact): boolean => status >= 300 && status < 400;
const deadPages = ({ pages }: Truth): RealPage[] =>
  pages.filter(({ main, backlinks }) => isDead(main) && backlinks > 0);
const movedFacts = ({ facts }: Truth): Fact[] => facts.filter((fact) => isMoved(fact) && fact.backlinks > 0);

const finding = (seen: Seen, words: RegExp): SeenFinding | undefined =>
  seen.findings.find(({ rule }) => words.test(rule));
/** Dead pages are told in up to three findings. One that is not there says "none", unless findings were left out. */
const count = (seen: Seen, words: RegExp, what: "pages" | "backlinks"): Value => {
  const found = seen.findings.filter(({ rule }) => words.test(rule));
  const mayBeLeftOut = seen.findingsLeftOut > 0 && found.length < (words === DEAD ? DEAD_FINDINGS : 1);
  return mayBeLeftOut ? undefined : sum(found.map((each) => each[what]));
};
const firstOf = (seen: Seen, words: RegExp): string | undefined => finding(seen, words)?.top[0];
const handleOf = (evidence: string | undefined): Value =>
  evidence === undefined ? undefined : (/^p\d+/.exec(evidence)?.[0] ?? undefined);

const low = (cell: string | number | undefined): Value =>
  cell === undefined ? undefined : Number.parseInt(String(cell), 10);
const home = (seen: Seen): SeenRow | undefined => seen.rows.find((row) => row["url"] === "/");
const homePage = ({ pages, target }: Truth): RealPage | undefined =>
  pages.find(({ main }) => main.home === target || main.home === `${target}/`);
const DEAD = /^dead pages/;
const DEAD_FINDINGS = 3;
const MOVED = /^redirects with links/;
const FEW_DOMAINS = /^few domains, many links|per domain/;
const CHAINS = /chain/;
const SPAM = /spam score/;
const NOFOLLOW = /nofollow/;
const PLACES = /footer/;
const THIN = /thin|untitled/;
const LOST = /^lost/;

/** What analysts ask of such a list. */
export const QUESTIONS: readonly Question[] = [
  // the list
  { ask: "Which site is this about?", truth: ({ target }) => target, read: ({ target }) => target },
  { ask: "How many pages were fetched?", truth: ({ facts }) => facts.length, read: ({ fetched }) => fetched },
  { ask: "How many pages match in all?", truth: ({ total }) => total, read: ({ total }) => total },
  {
    ask: "How many matching pages were not fetched?",
    truth: ({ total, facts }) => total - facts.length,
    read: ({ notFetched }) => notFetched,
  },
  {
    ask: "Was the whole list fetched?",
    truth: ({ total, facts }) => total === facts.length,
    read: ({ notFetched }) => notFetched === 0,
  },
  {
    ask: "How many real pages are that, variants put together?",
    truth: ({ pages }) => pages.length,
    read: ({ folded }) => folded,
  },
  {
    ask: "How many fetched URLs are only variants or redirects of another?",
    truth: ({ facts, pages }) => facts.length - pages.length,
    read: ({ fetched, folded }) => (fetched === undefined || folded === undefined ? undefined : fetched - folded),
  },
  { ask: "How is the list sorted?", truth: () => "rank", read: ({ order }) => order },
  {
    ask: "Do lost backlinks count?",
    truth: () => false,
    read: ({ statusType }) => (statusType === undefined ? undefined : statusType !== "live"),
  },
  { ask: "Are subdomains in it?", truth: () => true, read: ({ withSubdomains }) => withSubdomains },
  {
    ask: "How many backlinks do the fetched pages hold?",
    truth: ({ backlinks }) => backlinks,
    read: ({ backlinksFetched }) => backlinksFetched,
  },
  {
    ask: "How many backlinks does a fetched page hold on average, rounded?",
    truth: ({ backlinks, facts }) => Math.round(backlinks / facts.length),
    read: ({ backlinksFetched, fetched }) =>
      backlinksFetched === undefined || fetched === undefined ? undefined : Math.round(backlinksFetched / fetched),
  },
  {
    ask: "What is the lowest rank fetched, which bounds the rest?",
    truth: ({ facts, total }) => (total > facts.length ? Math.min(...facts.map(({ rank }) => rank)) : undefined),
    read: ({ rankBound }) => rankBound,
  },
  {
    ask: "Do the shown rows hold most of the links?",
    truth: () => undefined,
    read: ({ backlinksShown, backlinksFetched }) =>
      backlinksShown === undefined || backlinksFetched === undefined
        ? undefined
        : backlinksShown * 2 > backlinksFetched,
  },
  // the strongest pages
  {
    ask: "Which page has the highest rank?",
    truth: ({ facts }) => most(facts, ({ rank }) => rank)?.handle,
    read: ({ rows }) => String(rows[0]?.["id"]),
  },
  {
    ask: "What is the highest rank?",
    truth: ({ facts }) => Math.max(...facts.map(({ rank }) => rank)),
    read: ({ rows }) => low(rows[0]?.["rank"]),
  },
  {
    ask: "Which real page holds most backlinks?",
    truth: ({ pages }) => most(pages, ({ backlinks }) => backlinks)?.main.handle,
    read: (seen) => {
      const best = most(seen.rows, (row) => Number(low(row["backlinks"]) ?? 0));
      const hidden = (seen.backlinksFetched ?? 0) - (seen.backlinksShown ?? 0);
      // Rows left out can hold no more than all the links that are not shown.
      return best !== undefined && Number(low(best["backlinks"])) >= hidden ? String(best["id"]) : undefined;
    },
  },
  {
    ask: "How many backlinks does the best-linked page hold?",
    truth: ({ pages }) => Math.max(...pages.map(({ backlinks }) => backlinks)),
    read: (seen) => Math.max(...seen.rows.map((row) => Number(low(row["backlinks"]) ?? 0))),
  },
  {
    ask: "How many backlinks does the home page hold, variants included?",
    truth: (truth) => homePage(truth)?.backlinks,
    read: (seen) => low(home(seen)?.["backlinks"]),
  },
  {
    ask: "What status does the home page answer with?",
    truth: (truth) => homePage(truth)?.main.status,
    read: (seen) => low(home(seen)?.["http"]),
  },
  {
    ask: "Under how many other fetched URLs can the home page be reached?",
    truth: (truth) => (homePage(truth)?.facts.length ?? 1) - 1,
    read: (seen) => {
      const cell = home(seen)?.["http"];
      return cell === undefined
        ? undefined
        : sum([...String(cell).matchAll(/\+(\d+)/g)].map(([, number]) => Number(number)));
    },
  },
  {
    ask: "From at least how many domains is the home page linked?",
    truth: (truth) => Math.max(...(homePage(truth)?.facts ?? []).map(({ domains }) => domains)),
    read: (seen) => low(home(seen)?.["ref_domains"]),
  },
  {
    ask: "From at most how many domains is the home page linked?",
    truth: (truth) => sum((homePage(truth)?.facts ?? []).map(({ domains }) => domains)),
    read: (seen) => {
      const cell = home(seen)?.["ref_domains"];
      return cell === undefined ? undefined : Number(String(cell).split("-").at(-1));
    },
  },
  {
    ask: "What is the home page's title?",
    truth: (truth) => homePage(truth)?.main.title ?? undefined,
    read: (seen) => home(seen)?.["title"],
  },
  {
    ask: "What share of the pages that link to the home page do so with nofollow, in %?",
    truth: (truth) => {
      const facts = homePage(truth)?.facts ?? [];
      return Math.round((100 * sum(facts.map(({ nofollow }) => nofollow))) / sum(facts.map(({ pages }) => pages)));
    },
    read: (seen) => low(home(seen)?.["nofollow%"]),
  },
  {
    ask: "How spammy are the links of the highest-ranked page at least?",
    truth: ({ pages }) => {
      const top = most(pages, ({ facts }) => Math.max(...facts.map(({ rank }) => rank)));
      return Math.min(...(top?.facts ?? []).map(({ spam }) => spam));
    },
    read: ({ rows }) => low(rows[0]?.["spam"]),
  },
  // dead pages
  {
    ask: "Are there dead pages that still hold links?",
    truth: (truth) => deadPages(truth).length > 0,
    read: (seen) => {
      const pages = count(seen, DEAD, "pages");
      return pages === undefined ? undefined : Number(pages) > 0;
    },
  },
  {
    ask: "How many dead pages hold links?",
    truth: (truth) => deadPages(truth).length,
    read: (seen) => count(seen, DEAD, "pages"),
  },
  {
    ask: "How many backlinks point at dead pages?",
    truth: (truth) => sum(deadPages(truth).map(({ backlinks }) => backlinks)),
    read: (seen) => count(seen, DEAD, "backlinks"),
  },
  {
    ask: "Which dead page loses most links?",
    truth: (truth) => most(deadPages(truth), ({ backlinks }) => backlinks)?.main.handle,
    read: (seen) => handleOf(firstOf(seen, DEAD)),
  },
  {
    ask: "How many links does the worst dead page lose?",
    truth: (truth) => most(deadPages(truth), ({ backlinks }) => backlinks)?.backlinks,
    read: (seen) =>
      low(
        (/^p\d+ (?:"(?:[^"\\]|\\.)*" )?([\d,]+)/.exec(firstOf(seen, DEAD) ?? "")?.[1] ?? "").replaceAll(",", "") ||
          undefined,
      ),
  },
  {
    ask: "What share of the fetched backlinks is lost to dead pages, in %?",
    truth: (truth) => Math.round((100 * sum(deadPages(truth).map(({ backlinks }) => backlinks))) / truth.backlinks),
    read: (seen) => {
      const dead = count(seen, DEAD, "backlinks");
      return dead === undefined || seen.backlinksFetched === undefined
        ? undefined
        : Math.round((100 * Number(dead)) / seen.backlinksFetched);
    },
  },
  // redirects
  {
    ask: "How many redirecting URLs hold links?",
    truth: (truth) => movedFacts(truth).length,
    read: (seen) => count(seen, MOVED, "pages"),
  },
  {
    ask: "How many backlinks point at redirects?",
    truth: (truth) => sum(movedFacts(truth).map(({ backlinks }) => backlinks)),
    read: (seen) => count(seen, MOVED, "backlinks"),
  },
  {
    ask: "Which redirect holds most links?",
    truth: (truth) => most(movedFacts(truth), ({ backlinks }) => backlinks)?.handle,
    read: (seen) => handleOf(firstOf(seen, MOVED)),
  },
  {
    ask: "Do more links point at dead pages than at redirects?",
    truth: (truth) =>
      sum(deadPages(truth).map(({ backlinks }) => backlinks)) >
      sum(movedFacts(truth).map(({ backlinks }) => backlinks)),
    read: (seen) => {
      const [dead, held] = [count(seen, DEAD, "backlinks"), count(seen, MOVED, "backlinks")];
      return dead === undefined || held === undefined ? undefined : Number(dead) > Number(held);
    },
  },
  // link quality
  {
    ask: "Is any page linked in a spammy way (score above 60)?",
    truth: ({ pages }) => pages.some(({ main, backlinks }) => main.spam > 60 && backlinks > 0),
    read: (seen) => hasAny(seen, SPAM),
  },
  {
    ask: "Is any well-linked page's profile mostly nofollow?",
    truth: ({ pages }) => pages.some(({ facts }) => mostlyNofollow(facts)),
    read: (seen) => hasAny(seen, NOFOLLOW),
  },
  {
    ask: "Does any page get more than 20 links per referring domain?",
    truth: ({ pages }) =>
      pages.some(({ facts, backlinks }) => backlinks > 20 * sum(facts.map(({ domains }) => domains))),
    read: (seen) => hasAny(seen, FEW_DOMAINS),
  },
  {
    ask: "Is there a chain of redirects among the fetched URLs?",
    truth: ({ facts }) => facts.some((fact) => isChain(fact, facts)),
    read: (seen) => hasAny(seen, CHAINS),
  },
  {
    ask: "Does any page get its links mostly from footers and menus?",
    truth: ({ facts }) => facts.some(({ pages, boilerplate }) => pages >= 20 && boilerplate * 2 > pages),
    read: (seen) => hasAny(seen, PLACES),
  },
  {
    ask: "Have pages lost all of their links?",
    truth: ({ facts }) => facts.some(({ lost }) => lost !== null),
    read: (seen) => hasAny(seen, LOST),
  },
  {
    ask: "Do thin or untitled pages earn links?",
    truth: ({ pages }) =>
      pages.some(
        ({ main, backlinks }) => main.status === 200 && backlinks > 0 && (main.words < 100 || main.title === null),
      ),
    read: (seen) => hasAny(seen, THIN),
  },
  // sections
  {
    ask: "Which section or subdomain holds most links?",
    truth: (truth) => most(sectionsOf(truth), ({ backlinks }) => backlinks)?.name,
    read: ({ sections }) => sections[0]?.["section"],
  },
  {
    ask: "How many backlinks do the fetched blog pages hold?",
    truth: (truth) => sectionsOf(truth).find(({ name }) => name === "/blog")?.backlinks ?? 0,
    read: (seen) => sectionCell(seen, "/blog", "backlinks"),
  },
  {
    ask: "How many pages does the best-linked section have?",
    truth: (truth) => most(sectionsOf(truth), ({ backlinks }) => backlinks)?.pages,
    read: ({ sections }) => low(sections[0]?.["pages"]),
  },
  {
    ask: "How many dead pages are in the best-linked section?",
    truth: (truth) => most(sectionsOf(truth), ({ backlinks }) => backlinks)?.dead,
    read: ({ sections }) => low(sections[0]?.["dead"]),
  },
];

/** A finding that is not there says no, unless findings were left out. */
function hasAny(seen: Seen, words: RegExp): Value {
  const pages = count(seen, words, "pages");
  return pages === undefined ? undefined : Number(pages) > 0;
}

function mostlyNofollow(facts: readonly Fact[]): boolean {
  const pages = sum(facts.map((fact) => fact.pages));
  return pages >= 20 && 2 * sum(facts.map(({ nofollow }) => nofollow)) > pages;
}

function isChain(fact: Fact, facts: readonly Fact[]): boolean {
  if (!isMoved(fact) || fact.location === null) return false;
  const next = facts.find(({ url }) => url === new URL(fact.location ?? "", fact.url).href);
  return next !== undefined && next !== fact && isMoved(next);
}

interface Section {
  name: string;
  pages: number;
  backlinks: number;
  dead: number;
}

/** By subdomain and first folder; pages at the top level of a host are together. */
function sectionsOf({ pages, target }: Truth): Section[] {
  const split = pages.map((page) => ({ page, parts: page.main.home.split("?")[0]?.split("/") ?? [] }));
  const folders = new Set(split.filter(({ parts }) => parts.length > 2).map(({ parts }) => `${parts[0]}/${parts[1]}`));
  const sections = new Map<string, Section>();
  for (const { page, parts } of split) {
    const folder = `${parts[0]}/${parts[1] ?? ""}`;
    const name = (folders.has(folder) ? folder : `${parts[0]}/`)
      .replace(`${target}/`, "/")
      .replace(/^(?!\/)(.*[^.]*)\.\//, "$1");
    const section = sections.get(name) ?? { name, pages: 0, backlinks: 0, dead: 0 };
    section.pages += 1;
    section.backlinks += page.backlinks;
    if (isDead(page.main)) section.dead += 1;
    sections.set(name, section);
  }
  return sections.size < 2 || pages.length < 10 ? [] : [...sections.values()];
}

/** A section without a row of its own may be among those left out. */
function sectionCell({ sections, rowsLeftOut, rows }: Seen, name: string, column: string): Value {
  const row = sections.find((each) => each["section"] === name);
  if (row !== undefined) return low(row[column]);
  const isWhole = rowsLeftOut === 0 && sections.length === 0;
  if (!isWhole) return sections.length > 0 && sections.length < 6 ? 0 : undefined;
  return sum(
    rows.filter((each) => String(each["url"]).startsWith(`${name}/`)).map((each) => Number(low(each[column]) ?? 0)),
  );
}

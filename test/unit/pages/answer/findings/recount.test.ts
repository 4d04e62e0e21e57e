import { describe, expect, it } from "vitest";
import { foldPages } from "../../../../../src/pages/answer/fold.ts";
import { findFacts } from "../../../../../src/pages/findings/find-facts.ts";
import { readPages } from "../../../../../src/pages/page.ts";
import { answerDomainPages } from "../../../../../src/sandbox/answer-domain-pages.ts";
import { createWorld } from "../../../../../src/sandbox/world.ts";
import { readAnswer } from "../../../../fixtures/load.ts";

/** What is read of an item here, by other code than the product's. */
interface Item {
  status_code: number;
  media_type: string;
  prev_visited: string | null;
  first_visited: string;
  fetch_time: string;
  meta: { title: string | null; words_count: number };
  page_summary: {
    backlinks: number;
    referring_domains: number;
    referring_pages: number;
    referring_pages_nofollow: number;
    backlinks_spam_score: number;
    lost_date: string | null;
  } & Record<`referring_links_${string}`, Record<string, number>>;
}

type Members = readonly [Item, ...Item[]];

const sum = (members: Members, read: (item: Item) => number) => members.reduce((total, item) => total + read(item), 0);
const backlinks = (members: Members) => sum(members, (item) => item.page_summary.backlinks);
const pages = (members: Members) => sum(members, (item) => item.page_summary.referring_pages);
const words = (value: number) => value.toLocaleString("en-US");
const keys = (members: Members, map: `referring_links_${string}`, ...names: string[]) =>
  sum(members, (item) => names.reduce((total, name) => total + (item.page_summary[map]?.[name] ?? 0), 0));
const part = (count: number, of: number, share: number) =>
  of >= 20 && count / of > share ? `${words(count)} of ${words(of)}` : null;

function from(members: Members): string {
  const domains = members.map((item) => item.page_summary.referring_domains);
  const low = Math.max(...domains);
  const high = domains.reduce((total, each) => total + each, 0);
  return `${words(backlinks(members))} from ${low === high ? words(low) : `${words(low)}-${words(high)}`} domain${high === 1 ? "" : "s"}`;
}

function leader(members: Members, map: `referring_links_${string}`, isMeant: (key: string) => boolean, mark: string) {
  const names = new Set(members.flatMap((item) => Object.keys(item.page_summary[map] ?? {})));
  const said = [...names].filter(isMeant).map((name) => {
    const share = part(keys(members, map, name), pages(members), 0.5);
    return share === null ? null : `${mark}${name} ${share}`;
  });
  return said.find((each) => each !== null) ?? null;
}

/** By the start of the printed rule: what is said of a page, given main page first; null when it does not match. */
const RECOUNT: Readonly<Record<string, (members: Members) => string | null>> = {
  "dead pages with links, gone": (members) => ([404, 410].includes(members[0].status_code) ? from(members) : null),
  "dead pages with links, in trouble": (members) => (members[0].status_code >= 500 ? from(members) : null),
  "links mostly redirects": (members) => part(keys(members, "referring_links_types", "redirect"), pages(members), 0.5),
  "few domains": (members) => {
    const domains = sum(members, (item) => item.page_summary.referring_domains);
    const perDomain = Math.floor((10 * backlinks(members)) / domains) / 10;
    return perDomain > 20 ? `${words(perDomain)}` : null;
  },
  "high spam": (members) => {
    const score = sum(members, ({ page_summary: s }) => s.backlinks_spam_score * s.backlinks) / backlinks(members);
    return Math.floor(score) > 60 ? `spam score ${Math.floor(score)}` : null;
  },
  "mostly nofollow": (members) =>
    part(
      sum(members, (item) => item.page_summary.referring_pages_nofollow),
      pages(members),
      0.5,
    ),
  "ugc or": (members) => {
    const notable = ["ugc", "sponsored"].filter((name) =>
      part(keys(members, "referring_links_attributes", name), pages(members), 0.1),
    );
    const [first] = notable;
    return first === undefined ? null : `${first} ${words(keys(members, "referring_links_attributes", first))}`;
  },
  "links mostly in": (members) =>
    part(keys(members, "referring_links_semantic_locations", "footer", "nav", "header", "aside"), pages(members), 0.5),
  "one TLD": (members) => leader(members, "referring_links_tld", (key) => key !== "com" && key !== "", "."),
  "one country": (members) => leader(members, "referring_links_countries", (key) => key !== "WW" && key !== "", ""),
  "thin or": (members) => {
    const { status_code, media_type, meta } = members[0];
    return status_code === 200 && media_type === "text/html" && (meta.words_count < 100 || meta.title === null)
      ? from(members)
      : null;
  },
  "rarely crawled": ([main]) => {
    const days =
      (Date.parse(main.fetch_time.slice(0, 10)) - Date.parse((main.prev_visited ?? main.first_visited).slice(0, 10))) /
      86_400_000;
    return days > 180 ? `${words(days)} days` : null;
  },
  "links lost": (members) => (members.every((item) => item.page_summary.lost_date !== null) ? from(members) : null),
};

const LISTS = {
  "ten pages of the fixture": () => JSON.parse(readAnswer("ten-pages")),
  "the sandbox": () => answerDomainPages({ target: "acme.example", limit: 1000 }, createWorld()).body,
  "lost links of the sandbox": () =>
    answerDomainPages({ target: "acme.example", limit: 1000, backlinks_status_type: "lost" }, createWorld()).body,
};

describe.each(Object.entries(LISTS))("in %s", (_, load) => {
  const { items, target } = load().tasks[0].result[0];
  const folds = foldPages(readPages(items).items);
  const findings = findFacts(folds, target);
  const byHandle = new Map<string, Members>();
  for (const { main, members } of folds) {
    const raws = [main, ...members.filter((page) => page !== main)].map(({ raw }) => raw as unknown as Item);
    byHandle.set(main.handle, raws as unknown as Members);
  }

  it.each(Object.entries(RECOUNT))("%s … counts what the items say", (rule, recount) => {
    const finding = findings.find((each) => each.rule.startsWith(rule));
    const matching = [...byHandle].filter(([, members]) => backlinks(members) > 0 && recount(members) !== null);
    expect(finding?.pages ?? 0).toBe(matching.length);
    expect(finding?.backlinks ?? 0).toBe(matching.reduce((total, [, members]) => total + backlinks(members), 0));
    for (const { handle, says } of finding?.top ?? []) {
      const members = byHandle.get(handle) as Members;
      expect(says.replace("+", "").startsWith(recount(members) ?? "nothing")).toBe(true);
    }
    const most = matching.map(([, members]) => backlinks(members)).sort((a, b) => b - a);
    expect(finding?.top.map(({ handle }) => backlinks(byHandle.get(handle) as Members)) ?? []).toEqual(
      most.slice(0, 3),
    );
  });
});

it("says of ten pages what an analyst would", () => {
  const { items, target } = JSON.parse(readAnswer("ten-pages")).tasks[0].result[0];
  const said = findFacts(foldPages(readPages(items).items), target).map(({ rule, top }) => [
    rule.replace(/ \(.*/, ""),
    ...top.map(({ handle, says }) => `${handle} ${says}`),
  ]);
  expect(said).toMatchInlineSnapshot(`
    [
      [
        "dead pages with links, gone",
        "p3 905 from 31 domains",
        "p5 48 from 4 domains, like p4 (0.96, suggestion)",
      ],
      [
        "dead pages with links, in trouble",
        "p10 6 from 3 domains",
      ],
      [
        "redirects with links",
        "p2 220 from 96 domains",
        "p6 130 from 52 domains",
      ],
      [
        "links lost",
        "p9 12 from 9 domains, lost 2026-09-30",
      ],
      [
        "dead pages with links, refused to the crawler",
        "p7 70 from 66 domains",
      ],
      [
        "few domains, many links",
        "p3 29.1 per domain",
      ],
      [
        "links mostly redirects",
        "p3 690 of 870",
      ],
      [
        "rarely crawled, figures may be old",
        "p8 2,790 days, since first_visited",
      ],
      [
        "one TLD but com links most",
        "p3 .net 600 of 870",
      ],
      [
        "one country links most",
        "p3 US 870 of 870",
        "p4 US 241 of 241",
        "p8 US 211 of 211",
      ],
    ]
  `);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildAnswer } from "../../../src/pages/answer/answer.ts";
import { renderStructured, renderText } from "../../../src/pages/answer/render-answer.ts";
import { BREAKDOWNS } from "../../../src/pages/catalogue.ts";
import type { PagesSnapshot } from "../../../src/pages/domain-pages.ts";
import { renderSummary } from "../../../src/pages/export/report.ts";
import { SNAPSHOT_FILES, type SnapshotFileName } from "../../../src/pages/export/snapshot-files.ts";
import { factsOf } from "../../../src/pages/findings/find-facts.ts";
import type { Finding } from "../../../src/pages/findings/finding.ts";
import { renderQueryStructured, renderQueryText } from "../../../src/pages/query/query-pages.ts";
import { GROUPINGS, type Grouping } from "../../../src/pages/query/query-schema.ts";
import { listReclaims } from "../../../src/pages/redirects/reclaim.ts";
import { toRedirectMap } from "../../../src/pages/redirects/redirect-map.ts";
import { toSnapshotView } from "../../../src/pages/view/snapshot-view.ts";
import { VIEW_COLUMNS } from "../../../src/pages/view/view-data.ts";
import { fillPage, toSnapshotFile } from "../../../src/pages/view/view-file.ts";
import { type ItemFacts, makeSnapshot } from "../../support/make-snapshot.ts";
import { readCsv } from "../../support/read-csv.ts";
import { compare } from "./compare/compare.ts";
import { ask, PLENTY } from "./query/ask.ts";

const HOSTS = [
  "https://acme.example",
  "http://acme.example",
  "https://www.acme.example",
  "https://shop.acme.example",
  "http://shop.acme.example",
];
const PATHS = [
  "/",
  "/index.html",
  "/a",
  "/a/",
  "/a?utm_source=x",
  "/a?p=1",
  "/b",
  "/b/",
  "/b/c",
  "/b/c?fbclid=9",
  "/docs/x",
  "/docs/y",
];
const STATUSES = [200, 200, 200, 204, 301, 302, 307, 308, 401, 403, 404, 404, 410, 429, 451, 500, 503, 522, 999, 100];

const anyUrl = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...PATHS)).map((all) => all.join("")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "not a url", "//", "https://elsewhere.example/x", "mailto:a@acme.example"),
  },
);
const anyCount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }) },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const anyItem: fc.Arbitrary<ItemFacts> = fc
  .record({
    url: anyUrl,
    status: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...STATUSES) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    to: fc.option(fc.oneof(anyUrl, fc.constantFrom(...PATHS)), { freq: 8 }),
    backlinks: anyCount,
    domains: anyCount,
    // The second is none: it lies ahead of the snapshot itself.
    lost: fc.constantFrom(null, "2026-06-01 00:00:00 +00:00", "2031-06-01 00:00:00 +00:00"),
  })
  .map(({ url, status, to, backlinks, domains, lost }) => ({
    url,
    status,
    location: status !== null && status >= 300 && status < 400 ? to : null,
    title: "A page",
    summary: {
      backlinks,
      referring_domains: domains,
      referring_pages: backlinks,
      lost_date: lost,
    },
  }));

/** What a group may be named after, beside what every item here tells. */
const anyToldItem: fc.Arbitrary<ItemFacts> = fc
  .record({
    item: anyItem,
    language: fc.constantFrom("en", "en", "de", "EN", " ", "", null),
    media_type: fc.constantFrom("text/html", "text/html", "application/pdf", null),
    technologies: fc.constantFrom({ cms: ["WordPress"], cdn: "Fastly" }, { cms: ["WordPress"] }, {}, null),
    seen: fc.constantFrom(
      "2026-01-03 00:00:00 +00:00",
      "2026-02-03 00:00:00 +00:00",
      "2031-02-03 00:00:00 +00:00",
      null,
    ),
    visited: fc.constantFrom("2025-11-03 00:00:00 +00:00", "2025-12-03 00:00:00 +00:00", null),
    countries: fc.constantFrom({ US: 3, DE: 2 }, { DE: 4, "": 1 }, null),
  })
  .map(({ item, language, media_type, technologies, seen, visited, countries }) => ({
    ...item,
    meta: { language, technologies },
    raw: { media_type, first_visited: visited },
    summary: { ...item.summary, first_seen: seen, referring_links_countries: countries },
  }));
const anyToldList = fc.array(anyToldItem, { maxLength: 12 });

/** Items of which some come twice, as where a list moves between two calls. */
const anyList = fc
  .tuple(fc.array(anyItem, { maxLength: 40 }), fc.array(fc.nat(39), { maxLength: 3 }))
  .map(([items, twice]) => [...items, ...twice.flatMap((at) => items[at] ?? [])]);

const anySnapshot = anyList.map((items) => makeSnapshot({ items }));

/** URLs or rows, and the backlinks that they are known to hold. */
interface Count {
  count: number;
  backlinks: number;
}

const countOf = <T>(all: readonly T[], read: (each: T) => number | null): Count => ({
  count: all.length,
  backlinks: all.reduce((sum, each) => sum + (read(each) ?? 0), 0),
});

const sumKnown = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
};

/** What the items say themselves, read by nothing of the product: each URL once, and of two the one that answers. */
interface Url {
  url: string;
  status: number | null;
  backlinks: number | null;
}

function readUrls(items: readonly ItemFacts[]): Url[] {
  const urls: Url[] = [];
  for (const { url, status = null, summary } of items) {
    const fresh = { url: url ?? "", status, backlinks: (summary?.["backlinks"] ?? null) as number | null };
    const known = urls.find((each) => each.url !== "" && each.url === fresh.url);
    const isLive = (each: Url) => each.status !== null && each.status >= 200 && each.status < 300;
    if (known === undefined) urls.push(fresh);
    else if (!isLive(known) && isLive(fresh)) Object.assign(known, fresh);
  }
  return urls;
}

/** The rule, written down once more. */
const CLASSES = {
  live: (status) => status !== null && status >= 200 && status < 300,
  redirect: (status) => status !== null && status >= 300 && status < 400,
  dead: (status) => status !== null && status >= 400,
  broken: (status) => status !== null && status >= 400,
  gone: (status) => status === 404 || status === 410,
  trouble: (status) => status !== null && status >= 500 && status < 600,
  refused: (status) =>
    status !== null && status >= 400 && status !== 404 && status !== 410 && !(status >= 500 && status < 600),
  unknown: (status) => status === null || status < 200,
  "404": (status) => status === 404,
  "3xx": (status) => status !== null && Math.floor(status / 100) === 3,
  "4xx": (status) => status !== null && Math.floor(status / 100) === 4,
} satisfies Readonly<Record<string, (status: number | null) => boolean>>;

/** One row of a table as its CSV has it. */
interface Row {
  id: string;
  status: number | null;
  backlinks: number | null;
  members: string[];
}

const numberOrNull = (cell: string | undefined): number | null =>
  cell === undefined || !/^\d/.test(cell) ? null : Number.parseInt(cell, 10);

function readTable(csv: string): Record<string, string>[] {
  const [head = [], ...lines] = readCsv(csv.trimEnd());
  return lines.map((line) => Object.fromEntries(head.map((name, index) => [name, line[index] ?? ""])));
}

const readRows = (csv: string): Row[] =>
  readTable(csv).map((cells) => ({
    id: cells["id"] ?? "",
    status: numberOrNull(cells["http"]),
    backlinks: numberOrNull(cells["backlinks"]),
    members: [cells["id"] ?? "", ...(cells["folded"] ?? "").split(" ").filter((each) => each !== "")],
  }));

const fileOf = (snapshot: PagesSnapshot, name: SnapshotFileName) => SNAPSHOT_FILES[name].render(snapshot);
const rowsOf = async (snapshot: PagesSnapshot) => readRows(await fileOf(snapshot, "rows.csv"));
const countRows = (rows: readonly Row[], is: (status: number | null) => boolean) =>
  countOf(
    rows.filter(({ status }) => is(status)),
    ({ backlinks }) => backlinks,
  );

const findingNamed = (snapshot: PagesSnapshot, name: string): Count & { unit: Finding["unit"] | null } => {
  const found = factsOf(snapshot).find((each) => each.name === name);
  return { count: found?.pages ?? 0, backlinks: found?.backlinks ?? 0, unit: found?.unit ?? null };
};

const whole = (text: string | undefined) => Number((text ?? "").replaceAll(",", ""));

/** How many rows and URLs a query counts, by its text and by its data. */
function matchedIn(snapshot: PagesSnapshot, question: object) {
  const answer = ask(snapshot, question);
  const data = renderQueryStructured(answer) as {
    rows_matched: number;
    urls_matched: number;
    coverage?: { backlinks_matched: number };
    rows?: unknown[][];
  };
  const head =
    renderQueryText(answer)
      .split("\n")
      .find((line) => line.startsWith("acme.example: ")) ?? "";
  const words =
    /^acme\.example: ([\d,]+) of [\d,]+ pages? match, ([\d,]+) of [\d,]+ URLs? fetched/.exec(head) ??
    /^acme\.example: ([\d,]+) of [\d,]+ URLs? fetched match(?: \(of [\d,]+ in all\))?, not folded/.exec(head);
  const isFolded = !("fold" in question);
  expect(words, head).not.toBe(null);
  if (isFolded) expect([whole(words?.[1]), whole(words?.[2])]).toEqual([data.rows_matched, data.urls_matched]);
  else expect(whole(words?.[1])).toBe(data.urls_matched);
  expect(answer.table?.total ?? 0).toBe(data.rows_matched);
  expect(data.rows?.length ?? 0).toBe(data.rows_matched);
  return {
    rows: { count: data.rows_matched, backlinks: data.coverage?.backlinks_matched ?? 0 },
    urls: data.urls_matched,
    notes: answer.notes,
  };
}

interface Led {
  name: unknown;
  pages: number;
  backlinks: number | null;
}

/** What each group is said to hold, and what the call holds that it offers; none is offered for what no name says. */
function followGroups(snapshot: PagesSnapshot, question: { group_by: Grouping }): [told: Led[], led: Led[]] {
  const [told, led]: [Led[], Led[]] = [[], []];
  const total = ask(snapshot, question).table?.total ?? 0;
  for (let offset = 0; offset < total; offset++) {
    const { table, next } = ask(snapshot, { ...question, offset, limit: 1 });
    const [name, pages, links] = table?.rows[0] ?? [];
    if (/^\(/.test(String(name))) continue;
    // Of links by kind, what is counted is not the backlinks of the pages.
    const isMap = BREAKDOWNS.has(question.group_by);
    const toLed = (of: Count): Led => ({ name, pages: of.count, backlinks: isMap ? null : of.backlinks });
    told.push(toLed({ count: Number(pages), backlinks: numberOrNull(String(links)) ?? 0 }));
    const call = next.find(({ gain }) => gain.startsWith("the pages of "))?.call ?? "{}";
    led.push(toLed(matchedIn(snapshot, JSON.parse(call.slice(call.indexOf("{"))) as object).rows));
  }
  return [told, led];
}

const holds = (
  snapshots: fc.Arbitrary<readonly ItemFacts[]>,
  check: (items: readonly ItemFacts[]) => Promise<void>,
  numRuns = 40,
) => fc.assert(fc.asyncProperty(snapshots, check), { numRuns });

describe("one list, counted in every way there is", () => {
  it("holds each URL once in its files of URLs, with the status and the links of the item", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const urls = readUrls(items);
      const pages = readTable(await fileOf(snapshot, "pages.csv"));
      expect(pages.map(({ status_code, backlinks }) => [numberOrNull(status_code), numberOrNull(backlinks)])).toEqual(
        urls.map(({ status, backlinks }) => [status, backlinks]),
      );
      const lines = (await fileOf(snapshot, "pages.jsonl")).split("\n").filter((line) => line !== "");
      expect(lines.map((line) => (JSON.parse(line) as { page: string }).page)).toEqual(urls.map(({ url }) => url));
    }));

  it("has the same rows in rows.csv as in pages.csv, and folds no error into what answers otherwise", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const rows = await rowsOf(snapshot);
      const pages = readTable(await fileOf(snapshot, "pages.csv"));
      const byId = new Map(pages.map((page) => [page["id"], page]));
      expect(rows.map(({ id }) => id).toSorted()).toEqual(
        pages
          .filter(({ folded_into }) => folded_into === "")
          .map(({ id }) => id)
          .toSorted(),
      );
      expect(rows.flatMap(({ members }) => members).toSorted()).toEqual([...byId.keys()].toSorted());
      for (const { id, status, backlinks, members } of rows) {
        const own = members.map((member) => byId.get(member));
        expect(backlinks).toBe(sumKnown(own.map((page) => numberOrNull(page?.["backlinks"]))));
        for (const page of own.filter((each) => each?.["id"] !== id)) {
          const answers = numberOrNull(page?.["status_code"]);
          if (CLASSES.dead(answers) || CLASSES.dead(status)) expect(answers).toBe(status);
        }
      }
    }));

  it("counts as many rows and backlinks of each status when grouped, asked for, filtered, and compared", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const rows = await rowsOf(snapshot);
      const groups = ask(snapshot, { group_by: "status" }).table?.rows ?? [];
      const groupsOf = (is: (status: number | null) => boolean) =>
        groups.filter(([name]) => is(numberOrNull(String(name))));
      const figures = new Map(compare(snapshot, snapshot).figures.rows.map(([name, count]) => [name, count]));
      for (const [state, is] of Object.entries(CLASSES)) {
        const expected = countRows(rows, is);
        expect(matchedIn(snapshot, { status: state }).rows).toEqual(expected);
        expect({
          count: sumKnown(groupsOf(is).map(([, pages]) => Number(pages))) ?? 0,
          backlinks: sumKnown(groupsOf(is).map(([, , links]) => numberOrNull(String(links)))) ?? 0,
        }).toEqual(expected);
      }
      const dead = countRows(rows, CLASSES.dead);
      expect(sumKnown(groups.map(([, , , , each]) => numberOrNull(String(each)))) ?? 0).toBe(dead.count);
      expect(matchedIn(snapshot, { filters: ["status_code", ">=", 400] }).rows).toEqual(dead);
      expect(matchedIn(snapshot, { filters: ["status_code", "in", [404, 410]] }).rows).toEqual(
        countRows(rows, CLASSES.gone),
      );
      expect(figures.get("dead pages")).toBe(dead.count);
      expect(numberOrNull(String(figures.get("links to dead pages")))).toBe(dead.backlinks);
      expect(figures.get("live pages")).toBe(countRows(rows, CLASSES.live).count);
      expect(figures.get("redirecting pages")).toBe(countRows(rows, CLASSES.redirect).count);
      expect(figures.get("pages of unknown status") ?? 0).toBe(countRows(rows, CLASSES.unknown).count);
      expect(figures.get("URLs fetched")).toBe(readUrls(items).length);
      expect(figures.get("pages after folding")).toBe(rows.length);
    }));

  it("counts as many URLs of each status unfolded as the items do, and says how many a row of another status holds", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const rows = await rowsOf(snapshot);
      const statuses = new Map(
        readTable(await fileOf(snapshot, "pages.csv")).map((page) => [page["id"], numberOrNull(page["status_code"])]),
      );
      for (const [state, is] of Object.entries(CLASSES)) {
        const urls = readUrls(items).filter(({ status }) => is(status));
        const single = matchedIn(snapshot, { status: state, fold: false });
        expect(single.rows).toEqual(countOf(urls, ({ backlinks }) => backlinks));
        expect(single.urls).toBe(urls.length);
        const folded = matchedIn(snapshot, { status: state });
        const hidden = rows
          .filter(({ status }) => !is(status))
          .flatMap(({ members }) => members)
          .filter((id) => is(statuses.get(id) ?? null)).length;
        const note = folded.notes.find((each) => each.includes("folded into pages that answer otherwise"));
        expect(note === undefined ? 0 : whole(/^([\d,]+) /.exec(note)?.[1])).toBe(hidden);
      }
    }));

  it("counts in findings what a question for the same finds", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      for (const kind of ["gone", "trouble", "refused"]) {
        const { unit, ...found } = findingNamed(snapshot, kind);
        expect(found).toEqual(matchedIn(snapshot, { status: kind, min_backlinks: 1 }).rows);
        expect(unit ?? "page").toBe("page");
      }
      const { unit, ...redirects } = findingNamed(snapshot, "redirects");
      expect(redirects).toEqual(matchedIn(snapshot, { status: "redirect", fold: false, min_backlinks: 1 }).rows);
      expect(unit ?? "URL").toBe("URL");
    }));

  it("tells each finding alike as text, as data, in the summary, in the report and in the view, in its own unit", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const facts = factsOf(snapshot).map(({ rule, pages, unit, backlinks }) => ({ rule, pages, unit, backlinks }));
      const told = (text: string, line: RegExp) =>
        text.split("\n").flatMap((each) => {
          const [, rule = "", pages, unit, backlinks] = line.exec(each) ?? [];
          return pages === undefined ? [] : [{ rule, pages: whole(pages), unit, backlinks: whole(backlinks) }];
        });
      const answer = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" });
      const inText = /^(\S.*?\)): ([\d,]+) (page|URL)s?, ([\d,]+) backlinks?/;
      expect(told(renderText(answer), inText)).toEqual(facts);
      const structured = renderStructured(answer) as { findings: Record<string, unknown>[] };
      expect(
        structured.findings.map(({ rule, pages, counts, backlinks }) => ({ rule, pages, counts, backlinks })),
      ).toEqual(
        facts.map(({ rule, pages, unit, backlinks }) => ({
          rule,
          pages,
          counts: unit === "URL" ? "URLs" : undefined,
          backlinks,
        })),
      );
      expect(toSnapshotView(snapshot).findings).toMatchObject(facts);
      const report = (await fileOf(snapshot, "report.md")).replaceAll("\\", "");
      expect(told(report, /^- \*\*(.*?)\*\*: ([\d,]+) (page|URL)s?, ([\d,]+) backlinks?/)).toEqual(facts);
      for (const each of told(renderSummary(snapshot), inText)) expect(facts).toContainEqual(each);
    }));

  it("says in the header, in the data, in the view and in the page of HTML how many URLs and how many rows there are", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const rows = await rowsOf(snapshot);
      const urls = readUrls(items);
      const { backlinks } = countOf(urls, (each) => each.backlinks);
      const answer = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" });
      const text = renderText(answer);
      const data = renderStructured(answer) as Record<string, unknown> & { coverage: Record<string, unknown> };
      expect(data).toMatchObject({ urls_fetched: urls.length, pages_after_folding: rows.length });
      expect((data["rows"] as unknown[]).length).toBe(rows.length);
      expect(data.coverage["backlinks_fetched"]).toBe(backlinks);
      const view = toSnapshotView(snapshot, { maxBytes: Number.POSITIVE_INFINITY });
      const page = fillPage('<script type="application/json" id="view-file">null</script>', toSnapshotFile(snapshot));
      const inPage = JSON.parse(/>(\{.*\})</s.exec(page)?.[1] ?? "null") as { view: typeof view };
      expect(inPage.view.rows).toEqual(view.rows);
      for (const { head, rows: travelling } of [view, inPage.view]) {
        expect(head).toMatchObject({ pagesFetched: urls.length, folds: rows.length, backlinks });
        expect(travelling.total).toBe(rows.length);
        const at = (name: (typeof VIEW_COLUMNS)[number]) => VIEW_COLUMNS.indexOf(name);
        for (const is of Object.values(CLASSES)) {
          const cells = travelling.cells.filter((row) => is(row[at("status")] as number | null));
          expect(countOf(cells, (row) => row[at("backlinks")] as number | null)).toEqual(countRows(rows, is));
        }
      }
      if (urls.length === 0) return;
      const words = /^acme\.example: ([\d,]+) of [\d,]+ URLs? fetched(?:, ([\d,]+) pages? after folding)?;/m.exec(text);
      expect(whole(words?.[1])).toBe(urls.length);
      expect(words?.[2] === undefined ? urls.length : whole(words[2])).toBe(rows.length);
      expect(text).toContain(`the rows hold all ${backlinks.toLocaleString("en-US")} backlinks fetched`);
    }));

  it("parts rows and dead rows among sections as among sub-domains, areas and statuses", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const rows = await rowsOf(snapshot);
      const dead = countRows(rows, CLASSES.dead);
      const { backlinks } = countOf(rows, (each) => each.backlinks);
      for (const grouping of ["section", "subdomain", "area", "status", "media_type", "language"]) {
        const { table } = ask(snapshot, { group_by: grouping });
        const sum = (name: string) =>
          (table?.rows ?? []).reduce(
            (total, row) => total + Number.parseInt(String(row[table?.columns.indexOf(name) ?? -1] ?? 0), 10),
            0,
          );
        expect([sum("pages"), sum("backlinks"), sum("dead")]).toEqual([rows.length, backlinks, dead.count]);
      }
      const { sections } = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" });
      const byName = new Map(
        (ask(snapshot, { group_by: "section" }).table?.rows ?? []).map(([name, pages, links, domains, count]) => [
          name === "(unknown)" ? "(no URL)" : name,
          [pages, links, domains, count],
        ]),
      );
      for (const [name, ...figures] of sections.rows) {
        const group = byName.get(String(name)) ?? byName.get(String(name).replace(/\/$/, "/"));
        expect(figures).toEqual(group);
      }
    }));

  it("leads from each group by section, sub-domain, area and status to as many rows as it counts", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      for (const grouping of ["section", "area", "status"]) {
        const groups = ask(snapshot, { group_by: grouping }).table?.rows ?? [];
        for (const [name, pages] of groups.filter(([each]) => !String(each).startsWith("("))) {
          const asked = grouping === "status" ? { status: String(name).slice(0, 3) } : { section: String(name) };
          expect(matchedIn(snapshot, asked).rows.count).toBe(pages);
        }
      }
    }));

  it.each([
    [{}],
    [{ fold: false }],
    [{ status: "redirect" }],
    [{ status: "dead", fold: false }],
    [{ filters: ["url", "like", "%a%"] }],
    [{ filters: ["status_code", ">=", 300] }],
    [{ text: "http" }],
    [{ filters: [["meta.language", "=", "en"], "or", ["http", "<", 300]] }],
  ])(
    "leads from each group to as many rows as it counts, and as many backlinks, by its own next call: %j",
    (question) =>
      holds(
        anyToldList,
        async (items) => {
          const snapshot = makeSnapshot({ items });
          for (const group_by of GROUPINGS) {
            const [told, led] = followGroups(snapshot, { ...question, group_by });
            expect([group_by, led]).toEqual([group_by, told]);
          }
        },
        15,
      ),
  );

  it("answers for each page that holds lost links in the redirect map, in rules, for a person, or as left out", () =>
    holds(anyList, async (items) => {
      const snapshot = makeSnapshot({ items });
      const { notice } = toRedirectMap(snapshot);
      const figures = (what: RegExp): number[] => {
        const line = notice.find((each) => each.startsWith("Covers ") && what.test(each)) ?? "";
        return (line.replace(/\(.*?\)/g, "").match(/\d[\d,]*/g) ?? []).map(whole);
      };
      const list = listReclaims(snapshot);
      const table = readTable(await fileOf(snapshot, "redirects.csv"));
      const folds = await rowsOf(snapshot);
      const rowOf = (id: string | undefined) => folds.find(({ members }) => members.includes(id ?? ""))?.id;
      const rowsOfKind = (is: (status: number | null) => boolean) =>
        new Set(table.filter(({ http }) => is(numberOrNull(http))).map(({ id }) => rowOf(id))).size;
      for (const [what, name] of [
        [/ gone pages? /, "gone"],
        [/ redirect URLs? to a dead page/, "redirects to dead"],
        [/ redirect URLs? to another redirect/, "redirect chains"],
      ] as const) {
        const [covered = 0, all = 0, ...others] = figures(what);
        expect(others.reduce((sum, each) => sum + each, covered)).toBe(all);
        expect(all).toBe(findingNamed(snapshot, name).count);
      }
      for (const kind of ["gone", "refused", "trouble"] as const) {
        expect(rowsOfKind(CLASSES[kind])).toBe(findingNamed(snapshot, kind).count);
      }
      expect([list.refusedPages, list.troublePages]).toEqual([
        findingNamed(snapshot, "refused").count,
        findingNamed(snapshot, "trouble").count,
      ]);
    }));

  it("compares two lists by the same findings that each of them has", () =>
    fc.assert(
      fc.asyncProperty(anySnapshot, anySnapshot, async (first, other) => {
        const second: PagesSnapshot = { ...other, source: "sandbox" };
        const { blocks } = compare(first, second);
        const rows = blocks.find(({ name }) => name === "findings")?.rows ?? [];
        for (const [side, snapshot] of [first, second].entries()) {
          const told = rows
            .map((row) => [row[1 + 2 * side], row[2 + 2 * side]])
            .filter(([pages]) => pages !== null)
            .toSorted();
          expect(told).toEqual(
            factsOf(snapshot)
              .map(({ pages, backlinks }) => [pages, backlinks])
              .toSorted(),
          );
        }
      }),
      { numRuns: 40 },
    ));
});

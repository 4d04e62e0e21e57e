import { describe, expect, it } from "vitest";
import { findFacts, MAX_EVIDENCE } from "../../../../src/pages/answer/findings.ts";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import { type ItemFacts, makePages } from "../../../support/make-snapshot.ts";

const find = (items: ItemFacts[]) => findFacts(foldPages(makePages(items)), "acme.example");

const page = (path: string, status: number | null, backlinks: number | null, more: ItemFacts = {}): ItemFacts => ({
  url: `https://acme.example${path}`,
  status,
  summary: { backlinks, referring_domains: backlinks === null ? null : Math.ceil(backlinks / 2) },
  ...more,
});

const DEAD = "dead pages with links (http >= 400)";
const MOVED = "redirects with links (http 3xx)";

it("finds nothing where every page answers, or tells no status", () => {
  expect(find([page("/", 200, 50), page("/x", null, 9)])).toEqual([]);
  expect(find([])).toEqual([]);
});

it("finds dead pages that are linked to, most backlinks first", () => {
  expect(find([page("/a", 404, 5), page("/b", 410, 40), page("/c", 500, 7), page("/ok", 200, 99)])).toEqual([
    {
      rule: DEAD,
      pages: 3,
      backlinks: 52,
      top: [
        { handle: "p2", url: "/b", backlinks: 40, referringDomains: { low: 20, high: 20 } },
        { handle: "p3", url: "/c", backlinks: 7, referringDomains: { low: 4, high: 4 } },
        { handle: "p1", url: "/a", backlinks: 5, referringDomains: { low: 3, high: 3 } },
      ],
    },
  ]);
});

it("passes over pages without links and pages whose links are not known", () => {
  expect(find([page("/a", 404, 0), page("/b", 404, null)])).toEqual([]);
});

it("names a few pages and counts them all", () => {
  const [finding] = find(Array.from({ length: 8 }, (_, index) => page(`/${index}`, 404, index + 1)));
  expect(finding).toMatchObject({ pages: 8, backlinks: 36 });
  expect(finding?.top).toHaveLength(MAX_EVIDENCE);
});

describe("redirects with links", () => {
  it("are found inside the folds of the pages they lead to, with their whole URL", () => {
    const http = page("/", 301, 12, { url: "http://acme.example/", location: "https://acme.example/" });
    expect(find([page("/", 200, 50), http])).toEqual([
      {
        rule: MOVED,
        pages: 1,
        backlinks: 12,
        top: [{ handle: "p2", url: "http://acme.example/", backlinks: 12, referringDomains: { low: 6, high: 6 } }],
      },
    ]);
  });

  it("that end on a dead page count with it as well", () => {
    const old = page("/old", 301, 12, { location: "https://acme.example/gone" });
    expect(find([page("/gone", 404, 3), old]).map(({ rule, backlinks }) => [rule, backlinks])).toEqual([
      [DEAD, 15],
      [MOVED, 12],
    ]);
  });
});

it("puts the finding first that has more backlinks at stake", () => {
  const rules = (dead: number, moved: number) =>
    find([page("/a", 404, dead), page("/b", 301, moved)]).map(({ rule }) => rule);
  expect(rules(5, 9)).toEqual([MOVED, DEAD]);
  expect(rules(9, 5)).toEqual([DEAD, MOVED]);
});

it("keeps a hostile URL on one short line", () => {
  const [finding] = find([page(`/${"x".repeat(500)}\n\u202e`, 404, 5)]);
  expect(finding?.top[0]?.url).toMatch(/^\/x{118}…$/);
});

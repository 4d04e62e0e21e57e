import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { buildComparison } from "../../../../src/pages/compare/compare-pages.ts";
import { parseComparison } from "../../../../src/pages/compare/parse-comparison.ts";
import { renderComparisonStructured, renderComparisonText } from "../../../../src/pages/compare/render-comparison.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { caught } from "../../../support/caught.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

describe("which two are compared", () => {
  const [a, b] = ["s_aaaaaaaa", "s_bbbbbbbb"];
  it.each<[string, unknown, object]>([
    ["two ids", { snapshot_id: a, other_snapshot_id: b }, { first: { snapshotId: a }, second: { snapshotId: b } }],
    [
      "two targets",
      { target: "a.example", other_target: "b.example" },
      { first: { target: "a.example" }, second: { target: "b.example" } },
    ],
    [
      "an id and a target",
      { snapshot_id: a, other_target: "b.example" },
      { first: { snapshotId: a }, second: { target: "b.example" } },
    ],
    [
      "a target and an id",
      { target: "a.example", other_snapshot_id: b },
      { first: { target: "a.example" }, second: { snapshotId: b } },
    ],
    [
      "an id and the newest of its target",
      { snapshot_id: a, target: "a.example" },
      { first: { snapshotId: a }, second: { target: "a.example" }, secondPrefix: "" },
    ],
    [
      "space, null and empty text",
      { snapshot_id: ` ${a}\n`, target: null, other_target: "", other_snapshot_id: b },
      { first: { snapshotId: a }, second: { snapshotId: b }, secondPrefix: "other_" },
    ],
    [
      "targets as people paste them",
      { target: "sc-domain:a.example", other_target: ["https://www.b.example/x"] },
      {
        first: { target: "a.example" },
        second: { target: "b.example" },
        notes: [
          'target "sc-domain:a.example" read as "a.example"',
          'other_target "https://www.b.example/x" read as "b.example"; this endpoint takes no path',
        ],
      },
    ],
    [
      "arguments as JSON text",
      `{"snapshot_id":"${a}","other_snapshot_id":"${b}"}`,
      { first: { snapshotId: a }, second: { snapshotId: b } },
    ],
  ])("is read from %s", (_what, input, expected) => {
    expect(parseComparison(input)).toMatchObject(expected);
  });

  it("leaves the other one of a lone target to whoever knows what is kept of it", () => {
    const { first, second, secondPrefix } = parseComparison({ target: "a.example" });
    expect({ first, second, secondPrefix }).toEqual({
      first: { target: "a.example" },
      second: {},
      secondPrefix: "other_",
    });
  });

  it.each<[unknown, string, string[]]>([
    [
      {},
      'snapshot_id: is required, or target; for example {"target":"acme.example","other_target":"example.com"}\nother_snapshot_id: is required, or other_target; ',
      ["snapshot_id", "other_snapshot_id"],
    ],
    [{ snapshot_id: "s_a" }, "other_snapshot_id: is required, or other_target; ", ["other_snapshot_id"]],
    [{ other_target: "a.example" }, "snapshot_id: is required, or target; ", ["snapshot_id"]],
    [
      { snapshotId: "x" },
      '"snapshotId": unknown argument; did you mean "snapshot_id"? The arguments are snapshot_id, other_snapshot_id, target, other_target',
      ['"snapshotId"'],
    ],
    [
      { other_snapshot: "x", target: 7 },
      '"other_snapshot": unknown argument; did you mean "other_snapshot_id"?',
      ['"other_snapshot"', "target"],
    ],
    [{ snapshot_id: ["s_a"] }, "snapshot_id: must be text, got an array of 1; ", ["snapshot_id"]],
    [{ target: ["a.example", "b.example"] }, "target: is 2 domains, and one call takes one", ["target"]],
    [["s_aaaaaaaa", "s_bbbbbbbb"], "arguments: must be an object, got an array of 2", ["arguments"]],
  ])("is refused for %j", (input, message, refused) => {
    const error = caught(() => parseComparison(input));
    expect(error).toBeInstanceOf(AppError);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ kind: "input", facts: { charge: "not_charged", refused } });
  });
});

const siteOf = (target: string, folders: readonly string[]): PagesSnapshot =>
  makeSnapshot({
    request: { target },
    items: folders.flatMap((folder, index) =>
      ["a", "b"].map((leaf) => ({
        url: `https://${target}/${folder}/${leaf}`,
        status: 200,
        summary: { backlinks: 100 - index, referring_domains: 3 },
      })),
    ),
  });

const folders = Array.from({ length: 9 }, (_, index) => `folder-${index}`);
const large = siteOf("acme.example", folders);
const small = siteOf("example.org", ["blog", "docs"]);
const compare = (first: PagesSnapshot, second: PagesSnapshot, maxTokens = 100_000) =>
  buildComparison(first, second, { maxTokens, surface: "mcp" });

describe("two domains side by side", () => {
  it("are told apart by their names, in every table and line", () => {
    const comparison = compare(large, small);
    expect(comparison.figures.columns).toEqual(["figure", "acme.example", "example.org"]);
    for (const { columns, rows } of comparison.blocks) {
      if (columns[0] === "of")
        expect(new Set(rows.map(([of]) => of))).toEqual(new Set(["acme.example", "example.org"]));
      expect(columns.join()).not.toMatch(/first|second/);
    }
    const text = renderComparisonText(comparison);
    expect(text).toMatch(/^acme\.example: snapshot s_/m);
    expect(text).not.toMatch(/\b(?:first|second)\b/);
  });

  it("have their findings in the order of what can be won, hints last, and those left out named", () => {
    const tld = { referring_pages: 30, referring_links_tld: { example: 30 } };
    const page = (url: string, status: number, more: object = {}) => ({
      url,
      status,
      summary: { backlinks: 9, referring_domains: 3, ...more },
    });
    const one = makeSnapshot({
      items: [
        page("https://acme.example/a", 404),
        page("https://acme.example/b", 500),
        page("https://acme.example/c", 403),
      ],
    });
    const other = makeSnapshot({
      request: { target: "example.org" },
      items: [page("https://example.org/a", 200, tld)],
    });
    const block = (tokens: number) => compare(one, other, tokens).blocks.find(({ name }) => name === "findings");
    expect(block(100_000)?.rows.map(([rule]) => String(rule).slice(0, 27))).toEqual([
      "dead pages with links, gone",
      "dead pages with links, in t",
      "dead pages with links, refu",
      expect.stringMatching(/^one TLD/),
    ]);
    const cut = [500, 450, 400, 350, 300].map(block).find((each) => (each?.leftOut ?? 0) > 0);
    expect(cut?.leftOutAre).toMatch(/ 0 and 1$/);
  });

  it("keep the keys that programs read", () => {
    expect(renderComparisonStructured(compare(large, small))).toMatchObject({
      first: { target: "acme.example" },
      second: { target: "example.org" },
    });
  });

  it("are first and second where both have one name", () => {
    const sandbox = makeSnapshot({ source: "sandbox", items: [{ url: "https://acme.example/" }] });
    expect(compare(sandbox, large).figures.columns).toEqual(["figure", "first", "second"]);
  });

  it("lose no section, however small a list is and however many sections it has", () => {
    const block = compare(large, small).blocks.find(({ name }) => name === "sections");
    const sectionsOf = (name: string) => block?.rows.filter(([of]) => of === name).map(([, section]) => section);
    expect(sectionsOf("acme.example")).toEqual(folders.map((folder) => `/${folder}`));
    expect(sectionsOf("example.org")).toEqual(["/blog", "/docs"]);
    expect(block?.leftOut).toBe(0);
  });

  it("count the sections that did not fit, of each", () => {
    const block = compare(large, small, 500).blocks.find(({ name }) => name === "sections");
    expect(block?.leftOut).toBeGreaterThan(0);
    expect((block?.rows.length ?? 0) + (block?.leftOut ?? 0)).toBe(11);
    expect(block?.leftOutAre).toMatch(/^\d+ of acme\.example(?:, \d of example\.org)?$/);
  });
});

import { describe, expect, it } from "vitest";
import { readPages } from "../../../../src/pages/page.ts";
import { renderRecord, toRecords, wordLeftOut } from "../../../../src/pages/query/page-record.ts";
import { sandboxSnapshot } from "../../../support/sandbox-answer.ts";

const open = (item: object, tokens = 10_000) => {
  const [record] = toRecords(readPages([item]).pages, tokens);
  if (record === undefined) throw new Error("no record");
  return renderRecord(record).split("\n");
};

describe("a full record", () => {
  it.each<[string, object, string[]]>([
    [
      "leaves out what is null or empty",
      { page: "https://a.example/", status_code: 200, location: null, meta: { h1: [] } },
      ["status_code: 200"],
    ],
    [
      "puts an object's figures on one line",
      { page_summary: { rank: 3, backlinks: 0, lost_date: null } },
      ["page_summary: rank 3, backlinks 0"],
    ],
    [
      "shows maps as key and count",
      { page_summary: { referring_links_tld: { com: 12, net: 3, "": 1 } } },
      ["page_summary.referring_links_tld: com 12, net 3, (none) 1"],
    ],
    [
      "quotes sentences and no plain words",
      { meta: { title: "Hello, you", language: "en" } },
      ['meta.title: "Hello, you"', "meta.language: en"],
    ],
    [
      "shortens midnight",
      { fetch_time: "2026-01-02 00:00:00 +00:00", first_visited: "2026-01-02 03:04:05 +00:00" },
      ["fetch_time: 2026-01-02", "first_visited: 2026-01-02 03:04:05 +00:00"],
    ],
    [
      "counts what a long list holds beyond ten",
      { meta: { h2: Array(13).fill("x") } },
      [`meta.h2: ${Array(10).fill("x").join(", ")}, 3 more`],
    ],
    [
      "counts what a large map holds beyond forty",
      { m: { t: Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`k${at}`, at])) } },
      [expect.stringMatching(/k39 39, 1 more$/)],
    ],
    ["quotes names that are none", { "a\nb": 1, "next, free": "x" }, ['"a b": 1', '"next, free": x']],
  ])("%s", (_what, item, expected) => {
    expect(open(item).slice(1)).toEqual(expected);
  });

  it("says everything that the item says", () => {
    const { pages } = sandboxSnapshot({ target: "acme.example", limit: 3 });
    const page = pages[0];
    if (page === undefined) throw new Error("no page");
    const told = toRecords([page], 10_000).map(renderRecord).join("\n");
    const leaves = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null
        ? Object.values(value).flatMap(leaves)
        : value === null
          ? []
          : [value];
    const { type: _same, ...item } = page.raw;
    for (const leaf of leaves(item)) expect(told).toContain(String(leaf).replace(" 00:00:00 +00:00", ""));
  });

  it("names what did not fit, and shares the room evenly", () => {
    const { pages } = sandboxSnapshot({ target: "acme.example", limit: 3 });
    const records = toRecords(pages, 1200);
    for (const record of records) {
      expect(record.fields.map(({ name }) => name)).toContain("page_summary");
      expect(record.leftOut.length).toBeGreaterThan(0);
      expect(renderRecord(record)).toContain(`left out to fit: ${wordLeftOut(record.leftOut)}`);
    }
  });

  it("names a few of many left-out fields and counts the rest", () => {
    expect(wordLeftOut(["a", "b"])).toBe("a, b");
    expect(wordLeftOut(["a", "b", "c", "d", "e", "f", "g", "h"])).toBe("a, b, c and 5 more fields");
    expect(wordLeftOut(["x".repeat(500)])).toBe("1 field");
  });
});

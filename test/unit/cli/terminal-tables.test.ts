import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderFinding } from "../../../src/cli/doctor/run-doctor.ts";
import { renderHelp } from "../../../src/cli/help.ts";
import { drawTable, wrapText } from "../../../src/cli/terminal.ts";

const COLUMNS = ["id", "url", "http", "backlinks", "ref_domains", "title"];
const LONG = "/guides/how-to-choose-an-anvil-for-a-small-workshop/2024/part-two.html";
const ROWS = [
  ["p1", "/", 200, 1070, "151-262", "Acme Anvils, hand-forged since 1911"],
  ["p2", LONG, 404, 7, 3, "Choosing an anvil for a small workshop, second part"],
];

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

describe("a table at a terminal", () => {
  it("is as wide as it is where the window is wider", () => {
    expect(drawTable({ columns: COLUMNS, rows: ROWS }, 200).split("\n")).toHaveLength(3);
    expect(drawTable({ columns: COLUMNS, rows: ROWS }, 200)).toContain(LONG);
  });

  it("cuts texts and never numbers, an address in its middle and a title after a word", () => {
    expect(drawTable({ columns: COLUMNS, rows: ROWS }, 88)).toBe(
      [
        "id  url                         http  backlinks  ref_domains  title",
        "p1  /                            200       1070      151-262  Acme Anvils, hand-forged…",
        "p2  /guides/how-t…art-two.html   404          7            3  Choosing an anvil for a…",
      ].join("\n"),
    );
  });

  it("puts columns that find no place into a table below, under the first one again", () => {
    const table = drawTable({ columns: COLUMNS, rows: ROWS }, 60);
    expect(widest(table)).toBeLessThanOrEqual(60);
    expect(table.split("\n\n").map((part) => part.split(/\s+/, 2)[0])).toEqual(["id", "id"]);
    expect(table).toContain("p2  Choosing an anvil for a small workshop, second part");
  });

  it("keeps columns of our own words whole", () => {
    const rows = [["10:00", "charged, amount not reported", "a".repeat(80)]];
    expect(drawTable({ columns: ["time", "state", "target"], rows }, 60, ["state"])).toContain(rows[0]?.[1]);
  });

  it("counts two places for wide characters and none for marks", () => {
    const rows = [
      ["東京ガイド", "x"],
      ["cafe\u0301", "y"],
    ];
    expect(drawTable({ columns: ["title", "z"], rows }, 80)).toBe("title       z\n東京ガイド  x\ncafe\u0301        y");
  });

  it("fits every window of 40 columns or more, whatever its cells hold", () => {
    const cell = fc.oneof(
      fc.integer(),
      fc.string({ maxLength: 90 }).map((text) => text.replace(/[^ -~]/g, "x")),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constant("p1"), cell, cell, cell, cell, cell), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 40, max: 140 }),
        (rows, width) => {
          expect(widest(drawTable({ columns: COLUMNS, rows }, width))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe("prose at a terminal", () => {
  it("goes on in the next line, indented, and breaks no word", () => {
    const text = "dead pages with links (http >= 400): 4 pages, 376 backlinks; p2 269 from 123 domains";
    expect(wrapText(text, 50)).toBe(
      "dead pages with links (http >= 400): 4 pages, 376\n  backlinks; p2 269 from 123 domains",
    );
    expect(wrapText(text, 50).split(/\s+/)).toEqual(text.split(" "));
  });

  it("begins where it began, and goes on further in", () => {
    expect(wrapText("  -> Set the key to that of your account", 24)).toBe(
      "  -> Set the key to that\n    of your account",
    );
    const help = renderHelp(60).split("\n");
    for (const line of help.filter((each) => each.startsWith("  "))) expect(line.length).toBeLessThanOrEqual(60);
    expect(help.filter((line) => /^[a-z]/.test(line) && !line.startsWith("domain-pages-mcp 0"))).toEqual([]);
  });

  it("of doctor goes on under its own column", () => {
    const finding = {
      verdict: "note",
      says: "none: real domains need one",
      todo: "Set it to that of your account",
    } as const;
    expect(renderFinding("key", finding, 40)).toBe(
      [
        "note  key          none: real domains",
        "                     need one",
        "                   -> Set it to that of",
        "                     your account",
      ].join("\n"),
    );
    expect(renderFinding("key", finding).split("\n")).toHaveLength(2);
  });

  it("leaves a word that is longer than the window whole", () => {
    expect(wrapText(`see https://acme.example/${"a".repeat(60)} for more`, 40)).toBe(
      `see\n  https://acme.example/${"a".repeat(60)}\n  for more`,
    );
  });

  it("puts a command on lines that a shell takes for one", () => {
    const call = `domain-pages-mcp query s_2amsfytf --body '{"status": "dead", "columns": ["title"]}'`;
    expect(wrapText(`next, free: ${call} (the dead pages)`, 60)).toBe(
      [
        "next, free: the dead pages",
        "  domain-pages-mcp query s_2amsfytf --body \\",
        `      '{"status": "dead", "columns": ["title"]}'`,
      ].join("\n"),
    );
    expect(wrapText(`next, free: ${call} (the dead pages)`, 200)).toBe(`next, free: ${call} (the dead pages)`);
  });
});

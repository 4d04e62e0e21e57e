import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyStatus } from "../../../src/pages/page.ts";
import { VIEW_COLUMNS, type ViewCell } from "../../../src/pages/view/view-data.ts";
import {
  AS_FETCHED,
  filterRows,
  isFiltered,
  NO_FILTER,
  SORT_KEYS,
  sortRows,
  toggleSort,
} from "../../../src/view/state/choose-rows.ts";
import { findGap, meets, mergeRows, readRows, STATES, stateOf } from "../../../src/view/state/placed-rows.ts";
import { moveByKey, scrollToSee, toRowWindow } from "../../../src/view/table/row-window.ts";
import { makeRow } from "./make-rows.ts";

const handles = (rows: readonly { handle: string }[]) => rows.map(({ handle }) => handle);

describe("the state of a row", () => {
  it("is what the server's own rule makes of its status", () => {
    for (const status of [null, ...Array.from({ length: 1000 }, (_, each) => each)]) {
      expect(stateOf({ status })).toBe(classifyStatus(status) ?? "unknown");
    }
  });

  it("is dead where that rule says so", () => {
    for (const state of STATES) expect(meets(state, "dead")).toBe(["gone", "refused", "trouble"].includes(state));
  });
});

describe("rows as they travel", () => {
  const cellsOf = (facts: Partial<Record<(typeof VIEW_COLUMNS)[number], ViewCell>>) =>
    VIEW_COLUMNS.map((name) => facts[name] ?? null);

  it("are put back together by the names of their columns", () => {
    const cells = [
      cellsOf({
        handle: "p7",
        url: "https://acme.example/",
        status: 404,
        domainsLow: 3,
        domainsHigh: 9,
        variants: ["p8"],
        variantsInAll: 1,
      }),
    ];
    expect(readRows({ from: 6, total: 10, cells })).toEqual([
      makeRow(6, {
        url: "https://acme.example/",
        status: 404,
        domains: { low: 3, high: 9 },
        variants: ["p8"],
        variantsInAll: 1,
      }),
    ]);
  });

  it("are unknown where a cell is not of its column's kind", () => {
    const [row] = readRows({
      from: 0,
      total: 1,
      cells: [cellsOf({ handle: "p1", status: "404", title: 5, variants: "p2" })],
    });
    expect(row).toMatchObject({ status: null, title: null, variants: [] });
  });

  it("stand once and in order, however they came", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.array(fc.nat(30)), (first, second) => {
        const merged = mergeRows(
          mergeRows(
            [],
            first.map((at) => makeRow(at)),
          ),
          second.map((at) => makeRow(at)),
        );
        const wanted = [...new Set([...first, ...second])].sort((a, b) => a - b);
        expect(merged.map(({ index }) => index)).toEqual(wanted);
        const gap = Array.from({ length: 31 }, (_, at) => at).find((at) => !wanted.includes(at)) ?? null;
        expect(findGap(merged, 31)).toBe(gap);
      }),
    );
  });

  it("are all here when as many came as there are", () => {
    expect(findGap([makeRow(0), makeRow(1)], 2)).toBeNull();
    expect(findGap([], 0)).toBeNull();
  });
});

describe("sorting", () => {
  it("puts what is unknown last, in both directions", () => {
    const rows = [makeRow(0), makeRow(1, { backlinks: 5 }), makeRow(2, { backlinks: 9 })];
    expect(handles(sortRows(rows, { key: "backlinks", isDescending: true }))).toEqual(["p3", "p2", "p1"]);
    expect(handles(sortRows(rows, { key: "backlinks", isDescending: false }))).toEqual(["p2", "p3", "p1"]);
  });

  it("keeps the fetched order among equals and loses no row, by every column", () => {
    const facts = fc.record({
      backlinks: fc.option(fc.nat(3)),
      title: fc.option(fc.constantFrom("a", "b")),
      status: fc.constantFrom(200, 404, null),
    });
    fc.assert(
      fc.property(fc.array(facts), fc.constantFrom(...SORT_KEYS), fc.boolean(), (list, key, isDescending) => {
        const rows = list.map((each, at) => makeRow(at, { ...each, url: "" }));
        const sorted = sortRows(rows, { key, isDescending });
        expect(mergeRows([], sorted)).toEqual(rows);
        if (key === "url") expect(sorted).toEqual(rows);
      }),
    );
  });

  it("goes from a column's own direction to the other, and back to the fetched order", () => {
    const first = toggleSort(AS_FETCHED, "rank");
    const second = toggleSort(first, "rank");
    expect([first, second, toggleSort(second, "rank")]).toEqual([
      { key: "rank", isDescending: true },
      { key: "rank", isDescending: false },
      AS_FETCHED,
    ]);
    expect(toggleSort(first, "url")).toEqual({ key: "url", isDescending: false });
  });
});

describe("filtering", () => {
  const rows = [
    makeRow(0, { title: "Cast Anvils", section: "/anvils", backlinks: 12, firstSeen: "2024-05-01" }),
    makeRow(1, { status: 404, section: "/blog", backlinks: 3, firstSeen: "2023-05-01", variants: ["p9"] }),
    makeRow(2, { status: 301, backlinks: null }),
    makeRow(3, { status: null, backlinks: 40 }),
  ];
  const keep = (filter: Partial<typeof NO_FILTER>) => handles(filterRows(rows, { ...NO_FILTER, ...filter }));

  it("keeps everything when nothing is asked", () => {
    expect(keep({})).toHaveLength(4);
    expect(isFiltered(NO_FILTER)).toBe(false);
    expect(isFiltered({ ...NO_FILTER, section: "/" })).toBe(true);
  });

  it.each([
    [{ text: " ANVIL " }, ["p1"]],
    [{ text: "acme.example/3" }, ["p4"]],
    [{ state: "dead" as const }, ["p2"]],
    [{ state: "gone" as const }, ["p2"]],
    [{ state: "refused" as const }, []],
    [{ state: "redirect" as const }, ["p3"]],
    [{ state: "unknown" as const }, ["p4"]],
    [{ section: "/blog" }, ["p2"]],
    [{ minBacklinks: 10 }, ["p1", "p4"]],
    [{ firstSeen: "2023" }, ["p2"]],
    [{ firstSeen: "2024-05", minBacklinks: 100 }, []],
    [{ finding: { name: "a variant's", handles: new Set(["p9"]), total: 2 } }, ["p2"]],
    [{ question: { name: "asked", handles: new Set(["p1", "p3"]), total: 2 }, state: "live" as const }, ["p1"]],
  ])("%o keeps %o", (filter, kept) => {
    expect(keep(filter)).toEqual(kept);
  });
});

describe("row window", () => {
  const place = fc.record({
    scrollTop: fc.integer({ min: -50, max: 60_000 }),
    height: fc.integer({ min: 1, max: 2000 }),
    rowHeight: fc.integer({ min: 10, max: 200 }),
    count: fc.nat(1200),
  });

  it("draws every row that is seen, and few others", () => {
    fc.assert(
      fc.property(place, ({ scrollTop, height, rowHeight, count }) => {
        const top = Math.max(0, Math.min(scrollTop, count * rowHeight - height));
        const { first, end } = toRowWindow(top, height, rowHeight, count);
        const lastSeen = Math.min(count, Math.ceil((top + height) / rowHeight));
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThanOrEqual(Math.floor(top / rowHeight));
        expect(end).toBeGreaterThanOrEqual(lastSeen);
        expect(end).toBeLessThanOrEqual(count);
        expect(end - first).toBeLessThanOrEqual(height / rowHeight + 25);
      }),
    );
  });

  it("draws nothing of an empty list, and no rows that are not there any more", () => {
    expect(toRowWindow(0, 500, 44, 0)).toEqual({ first: 0, end: 0 });
    expect(toRowWindow(40_000, 500, 44, 3)).toEqual({ first: 3, end: 3 });
  });

  it("scrolls no further than it takes to see a row whole", () => {
    fc.assert(
      fc.property(place, fc.nat(1000), ({ scrollTop, height, rowHeight }, index) => {
        fc.pre(height >= rowHeight && scrollTop >= 0);
        const to = scrollToSee(index, scrollTop, height, rowHeight);
        expect(to).toBeLessThanOrEqual(index * rowHeight);
        expect(to + height).toBeGreaterThanOrEqual((index + 1) * rowHeight);
        const wasSeen = scrollTop <= index * rowHeight && scrollTop + height >= (index + 1) * rowHeight;
        if (wasSeen) expect(to).toBe(scrollTop);
      }),
    );
  });

  it.each([
    ["ArrowDown", 0, 1],
    ["ArrowDown", 9, 9],
    ["ArrowUp", 0, 0],
    ["PageDown", 2, 6],
    ["PageUp", 2, 0],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["x", 5, null],
  ])("%s leads from row %i of ten to %s", (key, from, to) => {
    expect(moveByKey(key, from, 10, 4)).toBe(to);
  });
});

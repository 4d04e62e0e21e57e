import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findNearest, tallyFirstSeen, tallySections, tallyStates, toScatter } from "../../../src/view/charts/tally.ts";
import { sortCells, toArrow, toFigure, toggleCellSort } from "../../../src/view/compare/change-cells.ts";
import { makeRow } from "./make-rows.ts";

describe("tallies", () => {
  it("count pages by state with their backlinks, leaving out states without any", () => {
    const rows = [
      makeRow(0, { backlinks: 4 }),
      makeRow(1, { status: 500, backlinks: 2 }),
      makeRow(2, { status: 404 }),
      makeRow(3, { status: 403 }),
    ];
    expect(tallyStates(rows)).toEqual([
      { name: "live", value: 1, backlinks: 4 },
      { name: "gone", value: 1, backlinks: 0 },
      { name: "refused", value: 1, backlinks: 0 },
      { name: "trouble", value: 1, backlinks: 2 },
    ]);
  });

  it("sum backlinks by section, most first, and pass over rows without one", () => {
    const rows = [
      makeRow(0, { section: "/", backlinks: 4 }),
      makeRow(1, { section: "/a", backlinks: 7 }),
      makeRow(2, { section: "/", backlinks: 1 }),
      makeRow(3, { backlinks: 90 }),
    ];
    expect(tallySections(rows)).toEqual([
      { name: "/a", value: 7 },
      { name: "/", value: 5 },
    ]);
  });

  it("count by month without gaps while that is few bars, over the turn of a year too", () => {
    const rows = [makeRow(0, { firstSeen: "2023-11-30" }), makeRow(1, { firstSeen: "2024-02-01" })];
    expect(tallyFirstSeen(rows)).toEqual([
      { name: "2023-11", value: 1 },
      { name: "2023-12", value: 0 },
      { name: "2024-01", value: 0 },
      { name: "2024-02", value: 1 },
    ]);
  });

  it("count by year when months are too many, and never make more bars than can be clicked", () => {
    const day = fc.oneof(
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
      fc.constantFrom("2024-13-01", "9999-12-31", "0001-01-01"),
    );
    fc.assert(
      fc.property(fc.array(day), (days) => {
        const tallies = tallyFirstSeen(days.map((firstSeen, at) => makeRow(at, { firstSeen })));
        expect(tallies.length).toBeLessThanOrEqual(24);
        expect([...tallies].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(tallies);
      }),
    );
    expect(tallyFirstSeen([makeRow(0, { firstSeen: "2015-01-01" }), makeRow(1, { firstSeen: "2018-01-01" })])).toEqual([
      { name: "2015", value: 1 },
      { name: "2016", value: 0 },
      { name: "2017", value: 0 },
      { name: "2018", value: 1 },
    ]);
  });
});

describe("the scatter", () => {
  it("puts every row that tells both figures inside of the chart", () => {
    const figures = fc.record({ rank: fc.option(fc.nat(1000)), low: fc.nat(1_000_000) });
    fc.assert(
      fc.property(fc.array(figures), (list) => {
        const rows = list.map(({ rank, low }, at) => makeRow(at, { rank, domains: { low, high: null } }));
        const { points, xTicks, yTicks } = toScatter(rows);
        expect(points).toHaveLength(list.filter(({ rank, low }) => rank !== null && low > 0).length);
        for (const { x, y } of points) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(1);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(1);
        }
        expect(xTicks.at(-1)?.x).toBe(1);
        expect(yTicks.at(-1)?.y).toBe(1);
        expect(yTicks.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it("finds the point next to a click, and none when none is near", () => {
    const { points } = toScatter([
      makeRow(0, { rank: 100, domains: { low: 10, high: 10 } }),
      makeRow(1, { rank: 10, domains: { low: 1, high: 1 } }),
    ]);
    expect(findNearest(points, 0.98, 0.98, 0.1)?.handle).toBe("p1");
    expect(findNearest(points, 0.5, 0.5, 0.1)).toBeNull();
  });
});

describe("what was and what is, in one cell", () => {
  it.each([
    ["200>404", "200 → 404", 404],
    ["11>", "11 → –", 11],
    [">7", "– → 7", 7],
    ["5>12+", "5 → 12+", 12],
    ["801-938", "801-938", 801],
    ["-3", "-3", -3],
    ["live", "live", null],
    ["before>after; status first", "before → after; status first", null],
    ["", "", null],
  ])("%j is shown as %j and goes by %s", (cell, shown, figure) => {
    expect([toArrow(cell), toFigure(cell)]).toEqual([shown, figure]);
  });
});

describe("a table of a comparison", () => {
  const rows = [
    ["a", "8>"],
    ["b", "11>"],
    ["c", null],
    ["d", "new"],
    ["e", 2],
  ];
  const order = (isDescending: boolean) => sortCells(rows, { column: 1, isDescending }).map(([name]) => name);

  it("sorts figures by their size, words after them, what is unknown last", () => {
    expect(order(true)).toEqual(["b", "a", "e", "d", "c"]);
    expect(order(false)).toEqual(["e", "a", "b", "d", "c"]);
  });

  it("stands as it was told until a column is picked, and again after its third click", () => {
    expect(sortCells(rows, null)).toBe(rows);
    const [first, second] = [toggleCellSort(null, 1), toggleCellSort({ column: 1, isDescending: true }, 1)];
    expect([first, second, toggleCellSort(second, 1)]).toEqual([
      { column: 1, isDescending: true },
      { column: 1, isDescending: false },
      null,
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { sortCells, toArrow, toFigure, toggleCellSort } from "../../../src/view/compare/cells.ts";

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

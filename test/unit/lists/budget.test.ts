import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitParts, type WantedParts } from "../../../src/lists/budget.ts";

const wanted = ({
  rowCosts = [Array(20).fill(10)],
  ...more
}: Partial<WantedParts> & { rowCosts?: readonly (readonly number[])[] }): WantedParts => ({
  tokens: 1000,
  rowCount: rowCosts[0]?.length ?? 0,
  columnChoices: rowCosts.length,
  rowCost: (choice, row) => rowCosts[choice]?.[row] ?? 0,
  nameCosts: [],
  findingCosts: [],
  sectionsCost: 0,
  ...more,
});

describe("fitting an answer into its tokens", () => {
  it("grants everything when it fits", () => {
    expect(fitParts(wanted({ findingCosts: [50, 50], sectionsCost: 80 }))).toEqual({
      rows: 20,
      columns: 0,
      findings: 2,
      sections: true,
    });
  });

  it("keeps findings to their share while rows want for room, from the most valuable on", () => {
    const rowCosts = [Array(100).fill(20)];
    expect(fitParts(wanted({ rowCosts, findingCosts: [200, 200, 200] }))).toMatchObject({ findings: 2, rows: 30 });
  });

  it("gives findings what the rows do not need", () => {
    expect(fitParts(wanted({ rowCosts: [[10, 10]], findingCosts: Array(9).fill(100) }))).toMatchObject({
      findings: 9,
      rows: 2,
    });
  });

  it("grants the sections before the last findings, as long as they are cheap", () => {
    const rowCosts = [Array(100).fill(20)];
    const findingCosts = [150, 150, 150];
    expect(fitParts(wanted({ rowCosts, findingCosts, sectionsCost: 150 }))).toMatchObject({
      sections: true,
      findings: 2,
    });
    expect(fitParts(wanted({ rowCosts, findingCosts, sectionsCost: 151 }))).toMatchObject({
      sections: false,
      findings: 3,
    });
  });

  it("gives up columns rather than all but a few rows", () => {
    const rowCosts = [Array(50).fill(40), Array(50).fill(25), Array(50).fill(20)];
    expect(fitParts(wanted({ tokens: 260, rowCosts }))).toMatchObject({ columns: 1, rows: 10 });
    expect(fitParts(wanted({ tokens: 120, rowCosts }))).toMatchObject({ columns: 2, rows: 6 });
  });

  it("shows a few rows however small the budget", () => {
    expect(fitParts(wanted({ tokens: -50 })).rows).toBe(3);
    expect(fitParts(wanted({ tokens: 0, rowCosts: [[10]] })).rows).toBe(1);
    expect(fitParts(wanted({ tokens: 0, rowCosts: [[]] })).rows).toBe(0);
  });

  it("never grants more than fits or is there, but for the fewest rows", () => {
    const costs = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        costs,
        costs,
        fc.nat(200),
        (tokens, rows, findings, sectionsCost) => {
          const granted = fitParts(wanted({ tokens, rowCosts: [rows], findingCosts: findings, sectionsCost }));
          const spent = [
            ...rows.slice(0, granted.rows),
            ...findings.slice(0, granted.findings),
            granted.sections ? sectionsCost : 0,
          ].reduce((sum, each) => sum + each, 0);
          expect(granted.rows).toBeLessThanOrEqual(rows.length);
          expect(granted.findings).toBeLessThanOrEqual(findings.length);
          if (granted.rows > 3) expect(spent).toBeLessThanOrEqual(tokens);
        },
      ),
    );
  });
});

/**
 * How an answer is fitted into its tokens. Everything in it is ordered by value already: rows by the list's order,
 * findings by the links at stake. What does not fit is left out from the end, and counted by the caller.
 */
export interface Wanted {
  /** What the rows, findings and sections may cost together. */
  tokens: number;
  rowCount: number;
  /** How many choices of columns there are: the first has all, each further one fewer. */
  columnChoices: number;
  /** Cost of one row under one choice of columns; asked for as many rows as may fit, and no more. */
  rowCost: (choice: number, row: number) => number;
  findingCosts: readonly number[];
  /** Cost of the rollup by section as a whole; 0 when there is none. */
  sectionsCost: number;
}

export interface Granted {
  rows: number;
  /** Which choice of columns. */
  columns: number;
  findings: number;
  sections: boolean;
}

/** What findings and sections may take from the rows: an answer is read for both. */
const FINDINGS_SHARE = 0.45;

/** The rollup is the only word on rows that are left out, so it comes before the last findings, if it is this cheap. */
const SECTIONS_SHARE = 0.15;

/** However small the budget: an answer without rows answers nothing. */
const MIN_ROWS = 3;

/** A list of fewer rows than this says little; rather than that, columns go. */
const GOOD_ROWS = 10;

/** Decides how much of everything fits. */
export function fitAnswer(wanted: Wanted): Granted {
  const { tokens, findingCosts, sectionsCost } = wanted;
  const sections = sectionsCost > 0 && sectionsCost <= tokens * SECTIONS_SHARE;
  const forSections = sections ? sectionsCost : 0;
  const forFindings = Math.max(tokens * FINDINGS_SHARE, tokens - costOfRows(wanted)) - forSections;
  const findings = countFitting(findingCosts.length, (index) => findingCosts[index] ?? 0, forFindings);
  const spent = findingCosts.slice(0, findings).reduce((sum, cost) => sum + cost, 0);
  return { findings, sections, ...fitRows(wanted, tokens - forSections - spent) };
}

/** What all rows cost with all columns; once that is more than there is, how much more does not matter. */
function costOfRows({ tokens, rowCount, rowCost }: Wanted): number {
  let total = 0;
  for (let row = 0; row < rowCount && total <= tokens; row += 1) total += rowCost(0, row);
  return total;
}

/** All columns if that leaves a good number of rows, else the first choice that does, else the one with the most. */
function fitRows({ rowCount, columnChoices, rowCost }: Wanted, tokens: number): { rows: number; columns: number } {
  const least = Math.min(MIN_ROWS, rowCount);
  let rows = 0;
  for (let columns = 0; columns < columnChoices; columns += 1) {
    rows = countFitting(rowCount, (row) => rowCost(columns, row), tokens);
    if (rows >= Math.min(GOOD_ROWS, rowCount)) return { rows, columns };
  }
  return { rows: Math.max(rows, least), columns: Math.max(0, columnChoices - 1) };
}

function countFitting(count: number, cost: (index: number) => number, tokens: number): number {
  let left = tokens;
  for (let index = 0; index < count; index += 1) {
    left -= cost(index);
    if (left < 0) return index;
  }
  return count;
}

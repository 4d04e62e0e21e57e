import { fitPartsWithRows, type RowCost, toForms, type WantedParts } from "../../lists/budget.ts";
import { SHORTER, toCsvLine } from "../../lists/cells.ts";
import type { AnswerOptions } from "../../lists/get-list.ts";
import { atWorst, estimateJsonTokens, estimateTokens } from "../../lists/tokens.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { factsOf, foldsOf } from "../findings/find-facts.ts";
import { describeFinding, type Finding, nameFinding, SHARE_NOTE } from "../findings/finding.ts";
import { type Fold, sumBacklinks } from "./fold.ts";
import { toHeaderFacts } from "./header-facts.ts";
import { suggestNext } from "./next-steps.ts";
import { type Answer, renderHeader, renderNext, renderStructured, toFindingFacts } from "./render-answer.ts";
import { NO_SECTIONS, renderSections, rollUpSections } from "./sections.ts";
import { DISPENSABLE, toTable } from "./table.ts";

/** A list this short is read whole; what is said of it is not to be longer than the list. */
const SHORT_LIST = 10;

/** What an answer about a short list gets of the tokens: 800 of the usual 1,500. */
const SHORT_SHARE = 800 / 1500;

/** What the sentences about left-out rows and columns may add to the frame once they are known. */
const FRAME_SLACK = 30;

/**
 * Condenses a snapshot. Pure: the same snapshot and options give the same answer.
 * A snapshot without pages gives an answer without rows that says so.
 */
export function buildAnswer(snapshot: PagesSnapshot, options: AnswerOptions): Answer {
  const folds = foldsOf(snapshot);
  const findings = factsOf(snapshot);
  const sections = rollUpSections(folds, snapshot.request.target);
  const frame = buildFrame(snapshot, folds, options);
  const isShort = snapshot.items.length <= SHORT_LIST;
  const price = isShort ? IN_EITHER_FORM : IN_TEXT;
  const tables = toForms(
    [0, ...DISPENSABLE.keys()].map((_, choice) => toTable(folds, frame.target, DISPENSABLE.slice(0, choice))),
    price.row,
  );
  const wanted: WantedParts = {
    tokens:
      options.maxTokens * (isShort ? SHORT_SHARE : 1) - FRAME_SLACK - price.frame(frame, tables[0]?.columns ?? []),
    rowCount: folds.length,
    columnChoices: tables.length,
    shorterFrom: DISPENSABLE.length + 1,
    rowCost: (choice, row) => tables[choice]?.cost(row) ?? 0,
    findingCosts: findings.map(price.finding),
    nameCosts: findings.map((finding) => estimateTokens(`${nameFinding(finding)}, `)),
    sectionsCost: estimateTokens(renderSections(sections)),
  };
  const granted = fitPartsWithRows(wanted, () => {
    const shown = new Set(folds.map(({ main }) => main.handle));
    return withoutUrlsOf(shown, findings).map(price.finding);
  });
  const table = tables[granted.columns];
  const rows = Array.from({ length: granted.rows }, (_, index) => table?.row(index) ?? []);
  const left = {
    rowsLeftOut: folds.length - rows.length,
    columnsLeftOut: DISPENSABLE.slice(0, granted.columns).filter((name) => tables[0]?.columns.includes(name)),
    textsCutTo: SHORTER[granted.columns - DISPENSABLE.length - 1] ?? null,
    findingsLeftOut: findings.slice(granted.findings).map(nameFinding),
  };
  return {
    ...frame,
    ...left,
    backlinksShown: sumBacklinks(folds.slice(0, rows.length)).links ?? 0,
    columns: rows.length === 0 ? [] : (table?.columns ?? []),
    rows,
    findings: withoutUrlsOf(new Set(rows.map((row) => String(row[0]))), findings.slice(0, granted.findings)),
    sections: granted.sections ? sections : NO_SECTIONS,
    next: suggestNext({
      snapshot,
      coverage: frame.coverage,
      rowsShown: rows.length,
      leftOut: { rows: left.rowsLeftOut, columns: left.columnsLeftOut, findings: left.findingsLeftOut.length },
      surface: options.surface,
    }),
  };
}

/** What the parts of an answer cost. */
interface Price {
  frame: (frame: Answer, columns: readonly string[]) => number;
  row: RowCost;
  finding: (finding: Finding) => number;
}

const IN_TEXT: Price = {
  frame: (frame) => estimateTokens(atWorst(renderHeader(frame) + renderNext(frame), frame.snapshotId)),
  row: (columns, row) => estimateTokens(toCsvLine(columns, row)) + 1,
  finding: (finding) => estimateTokens(describeFinding(finding)) + 2,
};

/** Each part at the price of the dearer of its two forms: a model may be shown either. */
const IN_EITHER_FORM: Price = {
  frame: (frame, columns) => {
    const data = JSON.stringify(renderStructured({ ...frame, columns: [...columns] }));
    return Math.max(
      IN_TEXT.frame(frame, columns),
      estimateJsonTokens(JSON.parse(atWorst(data, frame.snapshotId))) + estimateTokens(SHARE_NOTE),
    );
  },
  row: (columns, row) => Math.max(IN_TEXT.row(columns, row), estimateJsonTokens(row)),
  finding: (finding) => Math.max(IN_TEXT.finding(finding), estimateJsonTokens(toFindingFacts(finding))),
};

/** Everything but the rows and findings, worded as if all of them were left out: the longest the frame can get. */
function buildFrame(snapshot: PagesSnapshot, folds: readonly Fold[], options: AnswerOptions): Answer {
  const facts = toHeaderFacts(snapshot, folds.length, options);
  return {
    ...facts,
    backlinksShown: sumBacklinks(folds).links ?? 0,
    rowsLeftOut: folds.length,
    columnsLeftOut: [],
    textsCutTo: null,
    findingsLeftOut: [],
    columns: [],
    rows: [],
    findings: [],
    sections: NO_SECTIONS,
    next: suggestNext({
      snapshot,
      coverage: facts.coverage,
      rowsShown: folds.length,
      leftOut: { rows: folds.length, columns: [], findings: 0 },
      surface: options.surface,
    }),
  };
}

/** A page with a row of its own has its URL there. */
function withoutUrlsOf(handles: ReadonlySet<string>, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    top: finding.top.map((each) => (handles.has(each.handle) ? { ...each, url: null } : each)),
  }));
}

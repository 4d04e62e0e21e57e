import { createTokenCost, cutBlock, fitBlocks, type RowCost, type WideBlock } from "../../lists/budget.ts";
import type { NextStep, Surface } from "../../lists/calls.ts";
import { toFileUri } from "../../lists/export-files.ts";
import type { FindSnapshot } from "../../lists/find-snapshot.ts";
import { latestOf, noteBrokenOff } from "../../lists/snapshot.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import { atWorst, estimateTokens } from "../../lists/tokens.ts";
import { measureCoverage } from "../answer/header-facts.ts";
import { suggestMore } from "../answer/next-steps.ts";
import { nameSectionCells } from "../answer/sections.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { foldsOf, placedFactsOf } from "../findings/find-facts.ts";
import { toChangesBlock } from "./changes-table.ts";
import { type Comparison, type PageCounts, roleNames } from "./comparison.ts";
import { findDifferences } from "./differences.ts";
import { tellChangedFigures, tellFiguresOfBoth } from "./figures.ts";
import { findPageChanges } from "./page-changes.ts";
import { parseComparison, toSide } from "./parse-comparison.ts";
import { renderComparisonStructured, renderComparisonText } from "./render-comparison.ts";
import { toSectionMoves, toSideBySide } from "./side-by-side.ts";

export interface ComparePagesDeps {
  findSnapshot: FindSnapshot<PagesSnapshot>;
  /** How large either form of the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
}

/**
 * Two kept snapshots in, what differs between them out. Free: nothing is asked of anybody.
 * @throws {AppError} `input` for arguments that were refused and snapshots that are not there
 */
export type ComparePages = (input: unknown, caller: CompareCaller) => Promise<Comparison>;

/** Who asks. */
export interface CompareCaller {
  surface: Surface;
  /** Told of the two that are compared, for whoever shows more of them. Must not throw. */
  onSnapshots?: (first: PagesSnapshot, second: PagesSnapshot) => void;
}

export function createComparePages({ findSnapshot, maxTokens }: ComparePagesDeps): ComparePages {
  return async (input, { surface, onSnapshots }) => {
    const refs = parseComparison(input);
    const notes: string[] = [];
    const onChoice = (note: string) => notes.push(note);
    const first = await findSnapshot(refs.first, { surface, onChoice });
    const { target } = first.request;
    const second = await findSnapshot(refs.second, { surface, prefix: refs.secondPrefix, onChoice, beside: target });
    onSnapshots?.(first, second);
    return buildComparison(first, second, { maxTokens, surface, notes: [...refs.notes, ...new Set(notes)] });
  };
}

/** A text names the sections of a row. */
const IN_TOKENS = createTokenCost(nameSectionCells);

interface Options {
  maxTokens: number;
  surface: Surface;
  /** How the arguments were read, one sentence each. */
  notes?: readonly string[];
}

/** What a line about left-out rows may come to once it is known which. */
const FRAME_SLACK = 20;

/** The marks around keys run together in a tokenizer, and are overrated by our guess: measured, it is twice the truth. */
const KEYS_SHARE = 0.7;

/** Pure: the same snapshots and options give the same comparison. */
export function buildComparison(
  first: PagesSnapshot,
  second: PagesSnapshot,
  { maxTokens, surface, notes }: Options,
): Comparison {
  return buildComparisonWithin(first, second, {
    surface,
    notes,
    room: (bare) => {
      const costOf = (text: string) => estimateTokens(atWorst(atWorst(text, first.id), second.id));
      const asData = JSON.stringify(renderComparisonStructured(bare));
      const spent = Math.max(costOf(renderComparisonText(bare)), KEYS_SHARE * costOf(asData));
      return maxTokens - spent - FRAME_SLACK;
    },
    rowCost: IN_TOKENS,
  });
}

/** How a comparison is measured where it is not for an answer. */
export interface ComparisonRoom {
  surface: Surface;
  notes?: readonly string[] | undefined;
  /** What is left for rows beside a comparison that has none. */
  room: (bare: Comparison) => number;
  rowCost: RowCost;
}

/** A comparison whose rows are fitted by a measure of the caller's. */
export function buildComparisonWithin(
  first: PagesSnapshot,
  second: PagesSnapshot,
  { surface, notes = [], room, rowCost }: ComparisonRoom,
): Comparison {
  const isOverTime = first.request.target === second.request.target && areOfOneWorld(first, second);
  const made = isOverTime ? compareOverTime(first, second) : compareSideBySide(first, second);
  const { blocks, missing } = made;
  const broken = [first, second].flatMap((each) => noteBrokenOff(each).map((note) => `snapshot ${each.id}: ${note}`));
  const frame = { ...made.frame, notes: [...notes, ...new Set(broken), ...made.frame.notes] };
  const complete = (kept: Comparison["blocks"]): Comparison => {
    const isCut = kept.some(({ leftOut }) => leftOut > 0);
    return { ...frame, blocks: kept, next: suggest(frame, missing, isCut, surface) };
  };
  // Worded as if all rows were left out: the longest the frame can get.
  const bare = complete(blocks.map((block) => cutBlock(block, 0)));
  return complete(fitBlocks(blocks, room(bare), rowCost));
}

/** Generated data and real data have nothing to do with each other, whatever the name. */
const areOfOneWorld = (a: PagesSnapshot, b: PagesSnapshot): boolean =>
  a.source === b.source || (a.source !== "sandbox" && b.source !== "sandbox");

interface Made {
  frame: Omit<Comparison, "blocks" | "next">;
  blocks: WideBlock[];
  /** The later snapshot, where it does not show whether pages were lost. */
  missing: PagesSnapshot | null;
}

function compareOverTime(given: PagesSnapshot, other: PagesSnapshot): Made {
  const isTurned = given.fetchedAt !== null && other.fetchedAt !== null && given.fetchedAt > other.fetchedAt;
  const [before, after] = isTurned ? [other, given] : [given, other];
  const [foldsBefore, foldsAfter] = [foldsOf(before), foldsOf(after)];
  const coverages = [measureCoverage(before), measureCoverage(after)] as const;
  const { target } = after.request;
  const can = findDifferences(
    [before, after],
    coverages,
    "over_time",
    roleNames({ kind: "over_time", targets: [target, target] }),
  );
  const { counts, changes, isTrimmed } = findPageChanges(
    { folds: foldsBefore, coverage: coverages[0], latest: latestOf(before) },
    { folds: foldsAfter, coverage: coverages[1], latest: latestOf(after) },
    can,
  );
  const changesBlock = toChangesBlock(changes, target, can);
  const sections = can.totals ? [toSectionMoves(foldsBefore, foldsAfter, target)] : [];
  return {
    frame: {
      kind: "over_time",
      first: toSide(before, foldsBefore.length),
      second: toSide(after, foldsAfter.length),
      notes: [...tellOrder(before, after, isTurned), ...(before.id === after.id ? [] : warnOfUncrawled(counts))],
      limits: [...can.limits, ...(isTrimmed ? [TRIMMED] : [])],
      pages: counts,
      figures: tellChangedFigures(
        { snapshot: before, folds: foldsBefore },
        { snapshot: after, folds: foldsAfter },
        can,
      ),
    },
    blocks: [changesBlock, ...sections].filter(({ rowCount }) => rowCount > 0),
    missing: can.presence && counts.removed.untold > 0 ? after : null,
  };
}

const TRIMMED = "URL variants that the other list may just not reach: left out of the changes of their page";

/** A status that the provider did not look at again is the one of before, whatever the page answers today. */
function warnOfUncrawled({ inBoth, notCrawledAgain }: PageCounts): string[] {
  if (notCrawledAgain === 0) return [];
  const [were, their] = notCrawledAgain === 1 ? ["was", "its"] : ["were", "their"];
  const which = `${formatCount(notCrawledAgain)} of ${countOf(inBoth, "page")}`;
  return [`${which} ${were} not crawled again between the two: that ${their} status did not change says nothing`];
}

function tellOrder(before: PagesSnapshot, after: PagesSnapshot, isTurned: boolean): string[] {
  if (before.id === after.id) return ["both are the same snapshot"];
  const timeless = [before, after].filter(({ fetchedAt }) => fetchedAt === null).map(({ id }) => id);
  const isOrWas = timeless.length === 1 ? "the time of" : "the times of";
  return [
    ...(timeless.length > 0
      ? [
          `${isOrWas} ${timeless.join(" and ")} ${timeless.length === 1 ? "is" : "are"} not known: taken in the order given`,
        ]
      : []),
    ...(isTurned ? ["turned around: the one named first is the later one"] : []),
    ...(before.request.filters === undefined
      ? []
      : ["both lists are filtered: a page that is new or lost may just match now, or no more"]),
  ];
}

function compareSideBySide(first: PagesSnapshot, second: PagesSnapshot): Made {
  const [foldsFirst, foldsSecond] = [foldsOf(first), foldsOf(second)];
  const coverages = [measureCoverage(first), measureCoverage(second)] as const;
  const targets = [first.request.target, second.request.target] as const;
  const names = roleNames({ kind: "side_by_side", targets });
  const can = findDifferences([first, second], coverages, "side_by_side", names);
  return {
    frame: {
      kind: "side_by_side",
      first: toSide(first, foldsFirst.length),
      second: toSide(second, foldsSecond.length),
      notes: [],
      limits: can.limits,
      pages: null,
      figures: tellFiguresOfBoth(
        { snapshot: first, folds: foldsFirst },
        { snapshot: second, folds: foldsSecond },
        names,
      ),
    },
    blocks: toSideBySide(
      { name: names[0], target: targets[0], folds: foldsFirst, findings: placedFactsOf(first) },
      { name: names[1], target: targets[1], folds: foldsSecond, findings: placedFactsOf(second) },
    ),
    missing: null,
  };
}

const WORD_EXPORT: Readonly<Record<Surface, (id: string) => string>> = {
  mcp: (id) => `read resource ${toFileUri(id, "rows.csv")}`,
  cli: (id) => `domain-pages-mcp export ${id} --format csv`,
  library: (id) => `export {"snapshot_id":"${id}","file":"rows.csv"}`,
};

function suggest(frame: Made["frame"], missing: PagesSnapshot | null, isCut: boolean, surface: Surface): NextStep[] {
  const ids = new Set([frame.first.snapshotId, frame.second.snapshotId]);
  const whole = [...ids].map(
    (id): NextStep => ({ cost: "free", call: WORD_EXPORT[surface](id), gain: `every row of ${id}` }),
  );
  const more = missing === null ? [] : suggestMore({ snapshot: missing, coverage: measureCoverage(missing), surface });
  return [...(isCut ? whole : []), ...more];
}

import type { Table } from "../../lists/budget.ts";
import type { Cell } from "../../lists/cells.ts";
import type { Fold } from "../answer/fold.ts";
import { isDead, isLive, isRedirect } from "../answer/follow-redirects.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import type { Differences } from "./differences.ts";

/** What a list comes to as a whole, over what was fetched. Pages are counted after folding. */
interface ListFigures {
  pagesTotal: number | null;
  pagesFetched: number;
  folds: number;
  backlinks: number;
  /** Some page does not tell its backlinks: {@link backlinks} and what is made of it are the least they can be. */
  atLeast: boolean;
  live: number;
  redirects: number;
  dead: number;
  unknownStatus: number;
  deadLinks: number;
  /** Mean of the pages' spam scores, weighted by backlinks; null when none tells both. */
  spam: number | null;
}

function sumUpList({ totalCount, items: pages }: PagesSnapshot, folds: readonly Fold[]): ListFigures {
  const count = (is: (page: Fold["main"]) => boolean) => folds.filter(({ main }) => is(main)).length;
  const sumLinks = (some: readonly Fold[]) => some.reduce((sum, { backlinks }) => sum + (backlinks ?? 0), 0);
  return {
    pagesTotal: totalCount,
    pagesFetched: pages.length,
    folds: folds.length,
    backlinks: sumLinks(folds),
    atLeast: pages.some(({ backlinks }) => backlinks === null),
    live: count(isLive),
    redirects: count(isRedirect),
    dead: count(isDead),
    unknownStatus: folds.length - count(isLive) - count(isRedirect) - count(isDead),
    deadLinks: sumLinks(folds.filter(({ main }) => isDead(main))),
    spam: meanSpam(pages),
  };
}

function meanSpam(pages: PagesSnapshot["items"]): number | null {
  let links = 0;
  let weighted = 0;
  for (const { backlinks, spamScore } of pages) {
    if (backlinks === null || spamScore === null) continue;
    links += backlinks;
    weighted += backlinks * spamScore;
  }
  return links === 0 ? null : Math.round(weighted / links);
}

interface Figure {
  name: string;
  read: (figures: ListFigures) => number | null;
  /** What must be alike for a change to say anything. */
  needs: "presence" | "totals";
  /** It is made of backlinks, so an unknown count makes it a least value. */
  isLinks?: boolean;
  /** Says nothing where it is 0 in both. */
  isOptional?: boolean;
}

const ALL: Figure = { name: "URLs in all", read: ({ pagesTotal }) => pagesTotal, needs: "presence" };
const SUMS: readonly Figure[] = [
  { name: "URLs fetched", read: ({ pagesFetched }) => pagesFetched, needs: "totals" },
  { name: "pages after folding", read: ({ folds }) => folds, needs: "totals" },
  { name: "backlinks", read: ({ backlinks }) => backlinks, needs: "totals", isLinks: true },
];
const DEAD: readonly Figure[] = [
  { name: "dead pages", read: ({ dead }) => dead, needs: "totals" },
  { name: "links to dead pages", read: ({ deadLinks }) => deadLinks, needs: "totals", isLinks: true },
];
const SPAM: Figure = { name: "mean spam score by links", read: ({ spam }) => spam, needs: "totals" };
const LIVE: Figure = { name: "live pages", read: ({ live }) => live, needs: "totals" };
const REDIRECTS: Figure = { name: "redirecting pages", read: ({ redirects }) => redirects, needs: "totals" };
const UNKNOWN: Figure = {
  name: "pages of unknown status",
  read: ({ unknownStatus }) => unknownStatus,
  needs: "totals",
  isOptional: true,
};
const PER_PAGE: Figure = {
  name: "backlinks per page",
  read: ({ backlinks, folds }) => (folds === 0 ? null : Math.round((10 * backlinks) / folds) / 10),
  needs: "totals",
  isLinks: true,
};
const DEAD_SHARE: Figure = {
  name: "% of links to dead pages",
  read: ({ deadLinks, backlinks }) => (backlinks === 0 ? null : Math.round((1000 * deadLinks) / backlinks) / 10),
  needs: "totals",
};

const OVER_TIME: readonly Figure[] = [ALL, ...SUMS, LIVE, REDIRECTS, ...DEAD, UNKNOWN, SPAM];
const SIDE_BY_SIDE: readonly Figure[] = [ALL, ...SUMS, PER_PAGE, LIVE, REDIRECTS, ...DEAD, DEAD_SHARE, UNKNOWN, SPAM];

interface ListOf {
  snapshot: PagesSnapshot;
  folds: readonly Fold[];
}

/** `figure,before,after,change`; a change is left empty where the two figures do not mean the same. */
export function tellChangedFigures(before: ListOf, after: ListOf, can: Differences): Table {
  const [was, is] = [sumUpList(before.snapshot, before.folds), sumUpList(after.snapshot, after.folds)];
  const rows = tellFigures(OVER_TIME, was, is).map(({ figure, cells: [from, to] }) => {
    const isComparable = can[figure.needs] && typeof from === "number" && typeof to === "number";
    return [figure.name, from, to, isComparable ? to - from : null];
  });
  return { columns: ["figure", "before", "after", "change"], rows };
}

/** `figure,acme.example,example.org` */
export function tellFiguresOfBoth(first: ListOf, second: ListOf, names: readonly [string, string]): Table {
  const figures = [sumUpList(first.snapshot, first.folds), sumUpList(second.snapshot, second.folds)] as const;
  const rows = tellFigures(SIDE_BY_SIDE, ...figures).map(({ figure, cells }) => [figure.name, ...cells]);
  return { columns: ["figure", ...names], rows };
}

/** Those figures that say something. */
function tellFigures(figures: readonly Figure[], a: ListFigures, b: ListFigures) {
  return figures.flatMap((figure): { figure: Figure; cells: [Cell, Cell] }[] => {
    const [valueA, valueB] = [figure.read(a), figure.read(b)];
    if (valueA === null && valueB === null) return [];
    if (figure.isOptional === true && !valueA && !valueB) return [];
    return [{ figure, cells: [toCell(figure, valueA, a), toCell(figure, valueB, b)] }];
  });
}

const toCell = ({ isLinks = false }: Figure, value: number | null, { atLeast }: ListFigures): Cell =>
  isLinks && atLeast && value !== null ? `${value}+` : value;

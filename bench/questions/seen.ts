/**
 * What a model has in front of it: one answer, read back from the text or from the structured form by nothing but its
 * documented layout (docs/answer.md). No code of the product is used on the way.
 */
export interface Seen {
  target: string | undefined;
  source: "sandbox" | "import" | "paid" | undefined;
  fetched: number | undefined;
  total: number | undefined;
  folded: number | undefined;
  order: string | undefined;
  statusType: string | undefined;
  withSubdomains: boolean | undefined;
  backlinksFetched: number | undefined;
  backlinksShown: number | undefined;
  notFetched: number | undefined;
  rowsLeftOut: number;
  findingsLeftOut: number;
  /** The highest rank a page not fetched can have. */
  rankBound: number | undefined;
  upstreamCostUsd: number | undefined;
  rows: SeenRow[];
  findings: SeenFinding[];
  sections: SeenRow[];
}

/** Cells by column name: a number, a text, or undefined for an empty cell. */
export type SeenRow = Readonly<Record<string, string | number | undefined>>;

export interface SeenFinding {
  rule: string;
  pages: number;
  /** Left out where pages are counted, as rows do. */
  counts?: string;
  backlinks: number;
  /** `p2 1,070 from 38 domains`, one for each page named. */
  top: string[];
}

export const toNumber = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text.replaceAll(",", ""));

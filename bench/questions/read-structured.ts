import { type Seen, type SeenRow, toNumber } from "./seen.ts";

interface Structured {
  target?: string;
  source?: string;
  urls_fetched?: number;
  urls_total?: number | null;
  pages_after_folding?: number;
  order_by?: string;
  backlinks_status_type?: string;
  include_subdomains?: boolean;
  upstream_cost_usd?: number;
  coverage?: {
    backlinks_fetched?: number;
    backlinks_shown?: number;
    urls_not_fetched?: number | null;
    not_fetched_have?: string;
    rows_left_out?: number;
    findings_left_out?: string[];
  };
  columns?: string[];
  rows?: (string | number | null)[][];
  findings?: { rule: string; pages: number; backlinks: number; top: string[] }[];
  sections?: { columns: string[]; rows: (string | number | null)[][] };
}

/** Reads the structured form, as it came over the wire. */
export function readStructured(json: string): Seen {
  const data = JSON.parse(json) as Structured;
  const { coverage = {} } = data;
  return {
    target: data.target,
    source: data.source === "aisa" ? "paid" : (data.source as Seen["source"]),
    fetched: data.urls_fetched,
    total: data.urls_total ?? undefined,
    folded: data.pages_after_folding,
    order: data.order_by,
    statusType: data.backlinks_status_type,
    withSubdomains: data.include_subdomains,
    backlinksFetched: coverage.backlinks_fetched,
    backlinksShown: coverage.backlinks_shown,
    notFetched: coverage.urls_not_fetched ?? undefined,
    rowsLeftOut: coverage.rows_left_out ?? 0,
    findingsLeftOut: coverage.findings_left_out?.length ?? 0,
    rankBound: toNumber(/rank at most ([\d,]+)/.exec(coverage.not_fetched_have ?? "")?.[1]),
    upstreamCostUsd: data.upstream_cost_usd,
    rows: toRows(data.columns, data.rows),
    findings: data.findings ?? [],
    sections: toRows(data.sections?.columns, data.sections?.rows),
  };
}

function toRows(columns: string[] = [], rows: (string | number | null)[][] = []): SeenRow[] {
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [columns[index] ?? "", cell ?? undefined])));
}

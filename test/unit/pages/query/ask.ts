import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { buildQueryAnswer } from "../../../../src/pages/query/build-query-answer.ts";
import { parseQuery } from "../../../../src/pages/query/parse-query.ts";
import type { QueryAnswer } from "../../../../src/pages/query/query-answer.ts";

/** Large enough that every row of a small list fits. */
export const PLENTY = 1_000_000;

/** What a snapshot answers to arguments as a client sends them. */
export function ask(snapshot: PagesSnapshot, question: object, maxTokens = PLENTY): QueryAnswer {
  const { query, notes } = parseQuery({ snapshot_id: snapshot.id, ...question });
  return buildQueryAnswer(snapshot, query, { maxTokens, surface: "mcp", notes });
}

/** The handles of the rows shown. */
export const handlesOf = ({ table }: QueryAnswer): unknown[] => (table?.rows ?? []).map(([handle]) => handle);

/** The cells of one column. */
export function columnOf({ table }: QueryAnswer, name: string): unknown[] {
  const at = table?.columns.indexOf(name) ?? -1;
  return at < 0 ? [] : (table?.rows ?? []).map((row) => row[at]);
}

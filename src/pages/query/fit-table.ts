import { DISPENSABLE } from "../answer/table.ts";
import { MAX_LIMIT } from "../request/schema.ts";
import { fitRows, type TableChoice } from "./fit-rows.ts";
import type { QueryTable } from "./query-answer.ts";

/** A table before it has rows. */
export const emptyTable = (choice: TableChoice | undefined, total: number, skipped: number): QueryTable => ({
  columns: choice?.columns ?? [],
  told: choice?.told ?? [],
  rows: [],
  total,
  skipped,
  columnsLeftOut: [],
  cutTo: null,
});

/** Fills a table with as many of the wanted rows as fit, in the fullest form in which that is a good number. */
export function fitTable(
  choices: readonly TableChoice[],
  { tokens, total, skipped, limit }: { tokens: number; total: number; skipped: number; limit: number | null },
): QueryTable {
  const wanted = Math.min(limit ?? MAX_LIMIT, total - skipped);
  const fitted = fitRows(choices, { tokens, from: skipped, count: wanted });
  const choice = choices[fitted.choice];
  const full = choices[0]?.columns ?? [];
  return {
    ...emptyTable(choice, total, skipped),
    rows: Array.from({ length: fitted.rows }, (_, index) => choice?.row(skipped + index) ?? []),
    columnsLeftOut: DISPENSABLE.filter((name) => full.includes(name) && choice?.columns.includes(name) === false),
    cutTo: choice?.cutTo ?? null,
  };
}

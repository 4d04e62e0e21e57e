import {
  type AskList,
  type AskListDeps,
  type AskSnapshotOptions,
  askSnapshot,
  type QueryCaller as CallerOf,
  createAskList,
} from "../../lists/query/ask-list.ts";
import type { QueryTable } from "../../lists/query/fit-table.ts";
import type { ListQuery } from "../../lists/query/list-query.ts";
import { type ParsedQuery, parseListQuery } from "../../lists/query/parse-list-query.ts";
import type { QueryAnswer, Selected } from "../../lists/query/query-answer.ts";
import { renderQueryStructured as toStructured, renderQueryText as toText } from "../../lists/query/render-query.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { ASKING_PAGES } from "./asking-pages.ts";
import type { PageConditions } from "./page-conditions.ts";

/** Questions about pages: the engine of `lists/query/`, put to the list that `ASKING_PAGES` describes. */
export type PagesQuery = ListQuery<PageConditions>;
export type PagesAnswer = QueryAnswer<PageConditions>;
export type SelectedPages = Selected<PageConditions>;
export type QueryPages = AskList<PagesSnapshot, PageConditions>;
export type QueryCaller = CallerOf<PagesSnapshot, PageConditions>;

export const createQueryPages = (deps: AskListDeps<PagesSnapshot>): QueryPages => createAskList(ASKING_PAGES, deps);

/** @throws {AppError} `input`, with one line per refused argument */
export const parseQuery = (input: unknown): ParsedQuery<PageConditions> => parseListQuery(ASKING_PAGES, input);

/** @throws {AppError} as `askSnapshot` */
export const querySnapshot = (
  snapshot: PagesSnapshot,
  parsed: ParsedQuery<PageConditions>,
  options: AskSnapshotOptions<PageConditions>,
): PagesAnswer => askSnapshot(ASKING_PAGES, snapshot, parsed, options);

/** @param draw how the table is drawn, if not as CSV */
export const renderQueryText = (answer: PagesAnswer, draw?: (table: QueryTable) => string): string =>
  toText(ASKING_PAGES, answer, draw);

export const renderQueryStructured = (answer: PagesAnswer): Record<string, unknown> =>
  toStructured(ASKING_PAGES, answer);

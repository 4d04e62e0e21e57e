import { createEstimateList, type EstimateDeps, type EstimateList } from "../lists/estimate/estimate-list.ts";
import { createGetList, type GetList, type GetListDeps } from "../lists/get-list.ts";
import { buildAnswer } from "./answer/answer.ts";
import type { Answer } from "./answer/render-answer.ts";
import { asPages, DOMAIN_PAGES, type PagesSnapshot } from "./domain-pages.ts";

/** The paid tool's whole way. */
export type GetPages = GetList<PagesSnapshot, Answer>;

export const createGetPages = (deps: GetListDeps): GetPages =>
  createGetList({ endpoint: DOMAIN_PAGES, as: asPages, buildAnswer }, deps);

/** Measured over answers of 10 to 60 pages: header, findings and next calls, then one row per page. */
const SIZE = { frame: 300, item: 30 } as const;

/** What a call of it would cost and bring. */
export const createEstimatePages = (deps: EstimateDeps): EstimateList =>
  createEstimateList({ endpoint: DOMAIN_PAGES, size: SIZE }, deps);

import type { EndpointWork } from "../lists/endpoint.ts";
import { toFilesOfAny } from "../lists/export-lines.ts";
import { buildAnswer } from "./answer/answer.ts";
import { tellAnswer } from "./answer/render-answer.ts";
import { asPages, type PagesSnapshot } from "./domain-pages.ts";
import { renderPageRecord, renderSummary } from "./export/report.ts";
import { SNAPSHOT_FILES } from "./export/snapshot-files.ts";

/** What is made of a list of pages where any list would do. */
export const PAGES_WORK: EndpointWork = {
  files: toFilesOfAny<PagesSnapshot>(SNAPSHOT_FILES, asPages),
  renderSummary: (snapshot) => renderSummary(asPages(snapshot)),
  renderItem: (snapshot, handle) => renderPageRecord(asPages(snapshot), handle),
  tell: (snapshot, options) => tellAnswer(buildAnswer(asPages(snapshot), options)),
};

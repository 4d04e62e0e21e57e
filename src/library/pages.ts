/**
 * `domain-pages-mcp/pages`: the domain of the server without the server, for frameworks that do their own calling.
 * Check a request, send it yourself, open the reply, condense it, and ask it again for free. Nothing in here knows MCP,
 * the network, the disk or a clock.
 *
 * This list is the package's public surface; all else may change without notice.
 */
export { AppError, type AppErrorFacts, describeFailure, type ErrorKind, type FailureCharge } from "../errors.ts";
export type { Filter, WireFilter } from "../lists/filters/filter.ts";
export { toRequestBody } from "../lists/request.ts";
export type { Charge, Source } from "../lists/snapshot.ts";
export type { PagesRequest } from "../pages/body.ts";
export type { SnapshotFileName } from "../pages/export/snapshot-files.ts";
export type { Page } from "../pages/page.ts";
export type { Grouping, PageState } from "../pages/query/query-schema.ts";
export {
  type Answer,
  type AnswerOptions,
  type CondenseOptions,
  compare,
  condense,
  EXPORT_FILES,
  type ExportFile,
  exportSnapshot,
  type JsonSchema,
  type ParsedRequest,
  type ParseRequestOptions,
  parseRequest,
  type QueryOptions,
  type Question,
  query,
  querySchema,
  type RequestBody,
  requestSchema,
  type Snapshot,
  toRequestKey,
} from "./answers.ts";
export { type Call, type Reply, readReply, readSavedAnswer } from "./replies.ts";

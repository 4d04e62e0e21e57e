/**
 * `domain-pages-mcp/pages`: the domain of the server without the server, for frameworks that do their own calling.
 * Check a request, send it yourself, open the reply, condense it, and ask it again for free. Nothing in here knows MCP,
 * the network, the disk or a clock.
 *
 * This list is the package's public surface; all else may change without notice.
 */
export { AppError, type AppErrorFacts, describeFailure, type ErrorKind, type FailureCharge } from "../errors.ts";
export type { SnapshotFileName } from "../pages/export/files.ts";
export type { Filter, WireFilter } from "../pages/filters/filter.ts";
export type { Grouping, PageState } from "../pages/query/choices.ts";
export type { ParsedRequest } from "../pages/request/parse-request.ts";
export { type PagesRequest, type RequestBody, toRequestBody } from "../pages/request/request.ts";
export type { Page } from "../pages/snapshot/page.ts";
export type { Charge, Snapshot, Source } from "../pages/snapshot/snapshot.ts";
export {
  type Answer,
  type AnswerOptions,
  type CondenseOptions,
  compare,
  condense,
  type QueryOptions,
  type Question,
  query,
  querySchema,
} from "./answers.ts";
export { EXPORT_FILES, type ExportFile, exportSnapshot } from "./exports.ts";
export { type Call, type Reply, readReply, readSavedAnswer } from "./replies.ts";
export { type JsonSchema, type ParseRequestOptions, parseRequest, requestSchema, toRequestKey } from "./request.ts";

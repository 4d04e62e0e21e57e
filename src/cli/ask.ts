import type { App } from "../compose/use-cases.ts";
import { readJsonString } from "../lists/arguments.ts";
import { renderEstimateStructured, renderEstimateText } from "../lists/estimate/render-estimate.ts";
import type { SnapshotRef } from "../lists/find-snapshot.ts";
import { toCsvTable as toQueryCsv } from "../lists/query/render-query.ts";
import { withNamedSections } from "../pages/answer/sections.ts";
import {
  renderComparisonStructured,
  renderComparisonText,
  toCsvTable as toComparisonCsv,
} from "../pages/compare/render-comparison.ts";
import { renderQueryStructured, renderQueryText } from "../pages/query/query-pages.ts";
import { type Io, type ParsedArgs, print, toJson, usage } from "./args.ts";
import { drawTable, type TextTable, widthOf, wrapText } from "./terminal.ts";

/**
 * The arguments of a call as the command line gives them: `--body`, with the operand and `--limit` over it.
 * @throws {AppError} `input` without any target, or when `--body` is no JSON object
 */
export function readArguments({ command, operands, options }: ParsedArgs): Record<string, unknown> {
  const body = readBody(options.body);
  const [target] = operands;
  if (target === undefined && body["target"] === undefined) {
    throw usage(`${command} needs a target, such as: ${command} forbes.com`);
  }
  return {
    ...body,
    ...(target !== undefined && { target }),
    ...(options.limit !== undefined && { limit: options.limit }),
  };
}

/** Whether an operand is a snapshot's id rather than a target: no domain has an underscore in second place and no dot. */
export const isSnapshotOperand = (operand: string): boolean => /^s_[a-z0-9]*$/i.test(operand);

/** Which kept answer an operand means. */
export const toSnapshotRef = (operand: string): SnapshotRef =>
  isSnapshotOperand(operand) ? { snapshotId: operand } : { target: operand };

/**
 * Which kept answer an operand means, as the free tools take it.
 * @param prefix of the arguments' names: `other_` for the second of two
 */
export function readSnapshotRef(operand: string, prefix = ""): Record<string, string> {
  return { [isSnapshotOperand(operand) ? `${prefix}snapshot_id` : `${prefix}target`]: operand };
}

export function readBody(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const value = readJsonString(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usage(`--body takes a JSON object, such as --body '{"filters":["status_code",">=",400]}'`);
}

/** `estimate <target>`: what `get` would cost and bring, for free. */
export async function runEstimate(args: ParsedArgs, app: App, io: Io): Promise<void> {
  const estimate = await app.estimatePages(readArguments(args), { signal: io.stopped, surface: "cli" });
  if (args.options.json === true) print(io.stdout, toJson(renderEstimateStructured(estimate)));
  else printFitted(renderEstimateText(estimate), io);
}

/** `query <snapshot | target>`: the free tool on the command line. */
export async function runQuery({ operands, options }: ParsedArgs, app: Pick<App, "queryPages">, io: Io): Promise<void> {
  const [operand] = operands;
  const body = readBody(options.body);
  if (operand === undefined && body["snapshot_id"] === undefined && body["target"] === undefined) {
    throw usage("query needs a snapshot id or a target, such as: query forbes.com");
  }
  const input = { ...body, ...(operand !== undefined && readSnapshotRef(operand)) };
  const answer = await app.queryPages(input, { surface: "cli" });
  if (options.json === true) print(io.stdout, toJson(renderQueryStructured(answer)));
  else printFitted(renderQueryText(answer, chooseDraw(options, io) ?? toQueryCsv), io, options);
}

/** `compare <snapshot | target> <snapshot | target>`: the free tool on the command line. */
export async function runCompare(
  { operands, options }: ParsedArgs,
  app: Pick<App, "comparePages">,
  io: Io,
): Promise<void> {
  const [first, second] = operands;
  if (first === undefined || second === undefined) throw usage("compare needs two of: snapshot ids, targets");
  const refs = { ...readSnapshotRef(first), ...readSnapshotRef(second, "other_") };
  const comparison = await app.comparePages(refs, { surface: "cli" });
  if (options.json === true) print(io.stdout, toJson(renderComparisonStructured(comparison)));
  else printFitted(renderComparisonText(comparison, chooseDraw(options, io) ?? toComparisonCsv), io, options);
}

/** How tables are drawn for a person at a terminal; undefined for a pipe and where CSV was asked for. */
function chooseDraw({ csv }: { csv?: boolean }, io: Io): ((table: TextTable) => string) | undefined {
  const width = widthOf(io);
  return width === undefined || csv === true ? undefined : (table) => drawTable(withNamedSections(table), width);
}

function printFitted(text: string, io: Io, { csv = false }: { csv?: boolean } = {}): void {
  const width = widthOf(io);
  print(io.stdout, width === undefined || csv ? text : wrapText(text, width));
}

import { readJsonString } from "../pages/request/json-string.ts";
import type { SnapshotRef } from "../pages/snapshot/find-snapshot.ts";
import { type ParsedArgs, usage } from "./args.ts";

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

import { closestNames } from "../filters/field-names.ts";
import { readJsonString } from "../request/json-string.ts";
import { got, Refusal, toInputError } from "../request/refusal.ts";
import type { SnapshotRef } from "../snapshot/find-snapshot.ts";
import { quoteForMessage } from "../text.ts";
import { COMPARISON_FIELDS } from "./comparison-fields.ts";

type Field = (typeof COMPARISON_FIELDS)[number];
type Given = Partial<Record<Field, string>>;

/** Which two are meant, and under which arguments the second one was named. */
export interface ComparisonRefs {
  first: SnapshotRef;
  second: SnapshotRef;
  /** What stands before `snapshot_id` and `target` in the arguments that name the second. */
  secondPrefix: "other_" | "";
}

const WORKS = 'for example {"target":"acme.example","other_target":"example.com"}';

/**
 * Reads which two snapshots are meant. Null and empty text count as left out. `target` beside a lone `snapshot_id` is
 * the other one: nothing else can be meant by it.
 * @throws {AppError} `input`, with one line per refused argument
 */
export function parseComparison(input: unknown): ComparisonRefs {
  const args = readJsonString(input);
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw toInputError([new Refusal("arguments", `must be an object, ${got(input)}`, WORKS)]);
  }
  const given: Given = {};
  const refusals = Object.entries(args).flatMap(([name, value]) => readArgument(name, value, given) ?? []);
  if (refusals.length > 0) throw toInputError(refusals);
  const isShort = given.other_snapshot_id === undefined && given.other_target === undefined;
  if (isShort && given.snapshot_id !== undefined && given.target !== undefined) {
    return { first: { snapshotId: given.snapshot_id }, second: { target: given.target }, secondPrefix: "" };
  }
  const missing = [
    ...(given.snapshot_id === undefined && given.target === undefined ? [""] : []),
    ...(isShort ? ["other_"] : []),
  ];
  if (missing.length > 0) {
    throw toInputError(
      missing.map((prefix) => new Refusal(`${prefix}snapshot_id`, `is required, or ${prefix}target`, WORKS)),
    );
  }
  return {
    first: toRef(given.snapshot_id, given.target),
    second: toRef(given.other_snapshot_id, given.other_target),
    secondPrefix: "other_",
  };
}

const toRef = (snapshotId: string | undefined, target: string | undefined): SnapshotRef => ({
  ...(snapshotId !== undefined && { snapshotId }),
  ...(target !== undefined && { target }),
});

function readArgument(name: string, value: unknown, given: Given): Refusal | undefined {
  const field = COMPARISON_FIELDS.find((each) => each === name);
  if (field === undefined) {
    const closest = closestNames(name, COMPARISON_FIELDS, 1)[0];
    const works = `did you mean "${closest}"? The arguments are ${COMPARISON_FIELDS.join(", ")}`;
    return new Refusal(quoteForMessage(name), "unknown argument", works);
  }
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "string") return new Refusal(field, `must be text, ${got(value)}`, WORKS);
  if (value.trim() !== "") given[field] = value.trim();
  return undefined;
}

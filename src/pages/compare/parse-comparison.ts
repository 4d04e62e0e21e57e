import { got, Refusal, readArguments, toInputError } from "../../lists/arguments.ts";
import type { SnapshotRef } from "../../lists/find-snapshot.ts";
import { toRequestBody } from "../../lists/request.ts";
import { parseTarget } from "../../lists/target.ts";
import { formatCount, toOneLine, toSafeJson } from "../../lists/text.ts";
import { BODY_DEFAULTS, withDefaults } from "../body.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { refuseLinkerArgument } from "../page-fields.ts";
import { COMPARISON_FIELDS } from "../query/query-schema.ts";
import type { Side } from "./comparison.ts";

type Field = (typeof COMPARISON_FIELDS)[number];

/** What others call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: ReadonlyMap<string, Field> = new Map([
  ["id", "snapshot_id"],
  ["before", "snapshot_id"],
  ["older", "snapshot_id"],
  ["after", "other_snapshot_id"],
  ["newer", "other_snapshot_id"],
  ["domain", "target"],
  ["site", "target"],
  ["competitor", "other_target"],
  ["other", "other_target"],
]);

type Given = Partial<Record<Field, string>>;

/** Which two are meant, and under which arguments the second one was named. */
export interface ComparisonRefs {
  first: SnapshotRef;
  second: SnapshotRef;
  /** What stands before `snapshot_id` and `target` in the arguments that name the second. */
  secondPrefix: "other_" | "";
  /** What was read differently from how it was written, and what was passed over; one sentence each. */
  notes: string[];
}

const EXAMPLE = '{"target":"acme.example","other_target":"example.com"}';
const WORKS = `for example ${EXAMPLE}`;
const VOCABULARY = { names: COMPARISON_FIELDS, otherWords: OTHER_WORDS, refuse: refuseLinkerArgument, works: EXAMPLE };

/**
 * Reads which two snapshots are meant; `isLeftOut` says what counts as left out. `target` beside a lone `snapshot_id` is
 * the other one: nothing else can be meant by it.
 * @throws {AppError} `input`, with one line per refused argument
 */
export function parseComparison(input: unknown): ComparisonRefs {
  const given: Given = {};
  const read: string[] = [];
  const { refusals, notes } = readArguments(input, VOCABULARY, (field, value) => {
    given[field] = parseSide(field, value, read);
  });
  if (refusals.length > 0) throw toInputError(refusals);
  const isShort = given.other_snapshot_id === undefined && given.other_target === undefined;
  if (isShort && given.snapshot_id !== undefined && given.target !== undefined) {
    return {
      first: { snapshotId: given.snapshot_id },
      second: { target: given.target },
      secondPrefix: "",
      notes: [...notes, ...read],
    };
  }
  // Which lists of it are kept is known where snapshots are found: that refuses the empty one, and names them.
  if (isShort && given.target !== undefined) {
    const first = toRef(undefined, given.target);
    return { first, second: {}, secondPrefix: "other_", notes: [...notes, ...read] };
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
    notes: [...notes, ...read],
  };
}

const toRef = (snapshotId: string | undefined, target: string | undefined): SnapshotRef => ({
  ...(snapshotId !== undefined && { snapshotId }),
  ...(target !== undefined && { target }),
});

function parseSide(field: Field, value: unknown, notes: string[]): string {
  if (field === "target" || field === "other_target") {
    const { target, note } = parseTarget(value, { argument: field, takesFilters: false });
    if (note !== undefined) notes.push(note);
    return target;
  }
  if (typeof value !== "string") throw new Refusal(field, `must be text, ${got(value)}`, WORKS);
  return value.trim();
}

const MAX_FILTER_CHARS = 160;
const MAX_TARGET_CHARS = 253;

/** One of the two snapshots, as its line tells it. */
export function toSide(snapshot: PagesSnapshot, folds: number): Side {
  return {
    snapshotId: snapshot.id,
    target: toOneLine(snapshot.request.target, MAX_TARGET_CHARS),
    source: snapshot.source,
    fetchedAt: snapshot.fetchedAt,
    pagesFetched: snapshot.items.length,
    pagesTotal: snapshot.totalCount,
    folds,
    view: describeView(snapshot),
  };
}

/** `by rank; live backlinks, subdomains included` */
function describeView({ request }: PagesSnapshot): string {
  const all = withDefaults(request);
  const { order_by = [], filters, backlinks_filters } = toRequestBody(request);
  const order = order_by.length === 0 ? "rank" : order_by.map((rule) => rule.replace(",", " ")).join(", ");
  const told = (name: string, filter: unknown) =>
    filter === undefined ? [] : [`${name} ${toOneLine(toSafeJson(filter), MAX_FILTER_CHARS)}`];
  return [
    `by ${toOneLine(order, MAX_FILTER_CHARS)}${all.rank_scale === BODY_DEFAULTS.rank_scale ? "" : " (rank 0-100)"}`,
    ...(all.offset > 0 ? [`from offset ${formatCount(all.offset)}`] : []),
    `${all.backlinks_status_type} backlinks, subdomains ${all.include_subdomains ? "included" : "left out"}`,
    ...(all.exclude_internal_backlinks ? [] : ["internal links counted"]),
    ...told("filters", filters),
    ...told("backlinks_filters", backlinks_filters),
  ].join("; ");
}

import { closestNames } from "../filters/field-names.ts";
import { Refusal } from "../request/refusal.ts";
import { quoteForMessage } from "../text.ts";

/** The arguments, in the order in which the tool lists them. */
export const QUERY_FIELDS = [
  "snapshot_id",
  "target",
  "filters",
  "status",
  "section",
  "min_backlinks",
  "min_referring_domains",
  "text",
  "order_by",
  "columns",
  "group_by",
  "fold",
  "limit",
  "offset",
  "handles",
] as const;
export type FieldName = (typeof QUERY_FIELDS)[number];

/** What other tools call the same thing; no spelling is near enough to find these. */
const OTHER_WORDS: ReadonlyMap<string, FieldName> = new Map([
  ["id", "snapshot_id"],
  ["snapshot", "snapshot_id"],
  ["domain", "target"],
  ["site", "target"],
  ["host", "target"],
  ["where", "filters"],
  ["path", "section"],
  ["folder", "section"],
  ["search", "text"],
  ["query", "text"],
  ["q", "text"],
  ["sort", "order_by"],
  ["fields", "columns"],
  ["select", "columns"],
  ["pages", "handles"],
  ["ids", "handles"],
]);

/** @throws {Refusal} naming the closest argument that there is */
export function toFieldName(name: string): FieldName {
  const field = QUERY_FIELDS.find((each) => each === name);
  if (field !== undefined) return field;
  const closest = OTHER_WORDS.get(name.toLowerCase()) ?? closestNames(name, QUERY_FIELDS, 1)[0];
  throw new Refusal(
    quoteForMessage(name),
    "unknown argument",
    `did you mean "${closest}"? The arguments are ${QUERY_FIELDS.join(", ")}`,
  );
}

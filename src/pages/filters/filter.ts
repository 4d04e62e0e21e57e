import type { FieldType } from "./catalogue.ts";
import type { Operator } from "./operators.ts";

export type FilterScalar = string | number | boolean;

/** One checked condition: the field exists, the operator fits its type, the value is of that type. */
export interface Condition {
  kind: "condition";
  field: string;
  type: FieldType;
  operator: Operator;
  value: FilterScalar | FilterScalar[];
}

/** Conditions and groups joined by one word; at least two members. */
export interface Group {
  kind: "group";
  join: "and" | "or";
  members: Filter[];
}

/** A checked filter. */
export type Filter = Condition | Group;

/** What goes over the wire: `[field, operator, value]` or `[filter, "and", filter, …]`. */
export type WireFilter = (string | FilterScalar | FilterScalar[] | WireFilter)[];

/** The one canonical spelling of a filter: a single condition bare, groups without needless wrapping. */
export function toWireFilter(filter: Filter): WireFilter {
  if (filter.kind === "condition") return [filter.field, filter.operator, filter.value];
  return filter.members.flatMap((member, index) =>
    index === 0 ? [toWireFilter(member)] : [filter.join, toWireFilter(member)],
  );
}

/** How many conditions a filter holds, groups opened. */
export function countConditions(filter: Filter): number {
  if (filter.kind === "condition") return 1;
  return filter.members.reduce((sum, member) => sum + countConditions(member), 0);
}

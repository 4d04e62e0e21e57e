import fc from "fast-check";
import type { FieldType } from "../../src/lists/filters/field-names.ts";
import {
  type Condition,
  countConditions,
  type Filter,
  type FilterScalar,
  OPERATORS,
  type Operator,
  toUpstreamTime,
} from "../../src/lists/filters/filter.ts";
import { CATALOGUES, type CatalogueName } from "../../src/pages/catalogue.ts";
import { hostileText } from "./hostile-text.ts";

const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => toUpstreamTime(second * 1000));
// JSON has no negative zero.
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => value + 0 || 0);
const text = hostileText.filter((value) => value.length <= 300);

const SCALARS: Readonly<Record<FieldType, fc.Arbitrary<FilterScalar>>> = {
  num: number,
  "array.num": number,
  str: text,
  "array.str": text,
  time,
  bool: fc.boolean(),
  any: fc.oneof(text, number, fc.boolean()),
};

function valueFor(operator: Operator, type: FieldType): fc.Arbitrary<FilterScalar | FilterScalar[]> {
  if (operator === "in" || operator === "not_in") return fc.array(SCALARS[type], { minLength: 1, maxLength: 4 });
  if (operator.endsWith("regex")) return fc.constantFrom("^https?://", "(a|b)*c", "\\d{2}$");
  if (operator.endsWith("match")) return fc.constantFrom("seo", "best seo tools", "日本");
  return SCALARS[type];
}

/** A checked condition on any field of a catalogue. */
export function anyCondition(catalogue: CatalogueName): fc.Arbitrary<Condition> {
  const fields = [...CATALOGUES[catalogue]].map(([name, type]) => ({ name: name.replace("$tld", "co.in"), type }));
  return fc
    .constantFrom(...fields)
    .chain(({ name, type }) => fc.constantFrom(...OPERATORS[type]).map((operator) => ({ name, type, operator })))
    .chain(({ name: field, type, operator }) =>
      valueFor(operator, type).map((value) => ({ kind: "condition" as const, field, type, operator, value })),
    );
}

/** A checked filter of at most eight conditions, nested in any way. */
export function anyFilter(catalogue: CatalogueName): fc.Arbitrary<Filter> {
  const { filter } = fc.letrec<{ filter: Filter; group: Filter }>((tie) => ({
    filter: fc.oneof({ maxDepth: 3 }, anyCondition(catalogue), tie("group")),
    group: fc.record({
      kind: fc.constant("group" as const),
      join: fc.constantFrom("and" as const, "or" as const),
      members: fc.array(tie("filter"), { minLength: 2, maxLength: 4 }),
    }),
  }));
  return filter.filter((each) => countConditions(each) <= 8);
}

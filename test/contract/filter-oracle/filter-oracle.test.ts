import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Predicate } from "../../../src/lists/filters/evaluate-filter.ts";
import type { Condition, Filter } from "../../../src/lists/filters/filter.ts";
import { OPERATORS } from "../../../src/lists/filters/filter.ts";
import { parseFilter } from "../../../src/lists/filters/parse-filter.ts";
import { compilePageFilter, type ItemRules } from "../../../src/pages/field-readers.ts";
import { PAGE_FIELDS } from "../../../src/pages/page-fields.ts";
import { type OracleDatabase, openOracleDatabase } from "../../support/oracle-database.ts";
import { findOracleField, ORACLE_FIELDS, readOracleField } from "../../support/oracle-fields.ts";
import { makeOracleFilters } from "../../support/oracle-filters.ts";
import { makeOraclePages } from "../../support/oracle-pages.ts";

const SEED = 20_261_124;
const PAGES = 1000;
const FILTERS = 500;
const LIST_LIMIT = 5;

/** How many mismatches are told in full. */
const TOLD = 3;

const items = makeOraclePages(PAGES, LIST_LIMIT, SEED);
const written = makeOracleFilters(FILTERS, items, SEED);
const filters = written.map(
  (each) =>
    parseFilter(each, { argument: "filters", fields: PAGE_FIELDS, mapBareNames: false, allowUnknown: false })
      .filter as Filter,
);

interface Mismatch {
  /** Places of the filter and of the page. */
  index: number;
  place: number;
  listLimit: number | null;
  inSql: boolean;
}

type Compile = (filter: Filter, rules: ItemRules) => Predicate;

describe("a filter and the same in SQL", () => {
  let database: OracleDatabase;
  const selected = new Map<number | null, Set<number>[]>();

  beforeAll(async () => {
    database = await openOracleDatabase(items);
    selected.set(
      LIST_LIMIT,
      written.map((filter) => database.select(filter, LIST_LIMIT)),
    );
    // Only a filter that speaks of a counting map can tell the two rules apart.
    selected.set(
      null,
      written.map((filter, index) =>
        JSON.stringify(filter).includes("referring_links_")
          ? database.select(filter, null)
          : (selected.get(LIST_LIMIT)?.[index] ?? new Set()),
      ),
    );
  }, 60_000);

  afterAll(() => database.close());

  function* findMismatches(compile: Compile, listLimit: number | null): Generator<Mismatch> {
    for (const [index, filter] of filters.entries()) {
      const holds = compile(filter, { listLimit });
      const chosen = selected.get(listLimit)?.[index];
      for (const [place, item] of items.entries()) {
        const inSql = chosen?.has(place) ?? false;
        if (holds(item) !== inSql) yield { index, place, listLimit, inSql };
      }
    }
  }

  function describeMismatch({ index, place, listLimit, inSql }: Mismatch): string {
    const filter = written[index] ?? [];
    return [
      `filter ${JSON.stringify(filter)}`,
      `SQL ${database.explain(filter, listLimit)}`,
      `page ${place} ${JSON.stringify(items[place])}`,
      `ours ${!inSql}, SQL ${inSql}`,
    ].join("\n");
  }

  it.each([LIST_LIMIT, null])("select the same pages: 500 filters, 1,000 pages, lists cut to %s", (listLimit) => {
    const mismatches = [...findMismatches(compilePageFilter, listLimit)];
    expect.soft(mismatches.length).toBe(0);
    expect(mismatches.slice(0, TOLD).map(describeMismatch).join("\n\n")).toBe("");
  });

  it("are put to the proof: hardly any filter selects no page or every page", () => {
    const sizes = (selected.get(LIST_LIMIT) ?? []).map(({ size }) => size);
    const telling = sizes.filter((size) => size > 0 && size < PAGES).length;
    process.stdout.write(`filter oracle: ${telling} of ${FILTERS} filters select neither none nor all of ${PAGES}\n`);
    expect(telling / FILTERS).toBeGreaterThanOrEqual(0.9);
  });

  it("cover every operator and every field", () => {
    const conditions = filters.flatMap(conditionsOf);
    const operators = new Set(conditions.map(({ operator }) => operator));
    expect([...operators].sort()).toEqual([...OPERATORS.any].sort());
    const fields = new Set(conditions.map(({ field }) => field));
    expect([...fields].sort()).toEqual([...new Set(ORACLE_FIELDS.map(({ field }) => field))].sort());
  });

  it.each<[string, Compile]>([
    ["like ignores case", (filter, rules) => compilePageFilter(swapOperator(filter, "like", "ilike"), rules)],
    ["match asks for any word", (filter, rules) => compilePageFilter(onlyFirstWord(filter), rules)],
    ["<= means <", (filter, rules) => compilePageFilter(swapOperator(filter, "<=", "<"), rules)],
    ["null satisfies <>", (filter, rules) => withUnknown(filter, rules)],
    ["a cut map counts 0", (filter) => compilePageFilter(filter, { listLimit: null })],
    ["a whole map counts as cut", (filter) => compilePageFilter(filter, { listLimit: 1 })],
    ["and means or", (filter, rules) => compilePageFilter(swapJoins(filter), rules)],
    ["times are texts", (filter, rules) => compilePageFilter(timesAsTexts(filter), rules)],
  ])("tell a wrong evaluator: %s", (_, compile) => {
    expect(findMismatches(compile, LIST_LIMIT).next().done).toBe(false);
  });
});

function conditionsOf(filter: Filter): Condition[] {
  return filter.kind === "condition" ? [filter] : filter.members.flatMap(conditionsOf);
}

function mapConditions(filter: Filter, change: (condition: Condition) => Condition): Filter {
  if (filter.kind === "condition") return change(filter);
  return { ...filter, members: filter.members.map((member) => mapConditions(member, change)) };
}

const swapOperator = (filter: Filter, from: Condition["operator"], to: Condition["operator"]): Filter =>
  mapConditions(filter, (each) => (each.operator === from ? { ...each, operator: to } : each));

const onlyFirstWord = (filter: Filter): Filter =>
  mapConditions(filter, (each) =>
    each.operator === "match" ? { ...each, value: /[\p{L}\p{N}]+/u.exec(String(each.value))?.[0] ?? "" } : each,
  );

const timesAsTexts = (filter: Filter): Filter =>
  mapConditions(filter, (each) => (each.type === "time" ? { ...each, type: "str" } : each));

function swapJoins(filter: Filter): Filter {
  if (filter.kind === "condition") return filter;
  return { ...filter, join: filter.join === "and" ? "or" : "and", members: filter.members.map(swapJoins) };
}

/** Only bare conditions: enough to be caught. */
function withUnknown(filter: Filter, rules: ItemRules): Predicate {
  const holds = compilePageFilter(filter, rules);
  if (filter.kind === "group" || filter.operator !== "<>") return holds;
  const field = findOracleField(filter.field);
  return (item) => holds(item) || (readOracleField(item, field) ?? null) === null;
}

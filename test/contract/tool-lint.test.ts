import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CLIENTS } from "../support/clients.ts";
import type { Listing } from "../support/tool-lint/listing.ts";
import {
  isObject,
  type Json,
  lint,
  objectAt,
  type SchemaObject,
  schemasOf,
  toPointer,
} from "../support/tool-lint/listing.ts";
import { plantAt } from "../support/tool-lint/plant.ts";
import { PLANTS } from "../support/tool-lint/plants.ts";
import { RULES } from "../support/tool-lint/rules.ts";
import { refusalOf, TYPES } from "../support/tool-lint/schema-rules.ts";

/** What the built server lists; every test changes a copy of it. */
let real: Listing;

beforeAll(async () => {
  const [[, connect] = []] = CLIENTS;
  if (connect === undefined) throw new Error("no client");
  const client = await connect();
  real = await client.listing();
  await client.close();
}, 30_000);

/** The first of so many spots, the one in the middle and the last; those below are drawn at random. */
const spread = (count: number): Set<number> => new Set([0, Math.floor(count / 2), count - 1]);

describe("the rules for what is listed", () => {
  it("find nothing in what the built server lists", () => {
    expect(lint(real, RULES)).toEqual([]);
  });

  it("have names of their own, and say what goes wrong without them", () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
    for (const { because } of RULES) expect(because).toMatch(/^[A-Z].{30,}\.$/);
  });

  it("are each tried by a violation", () => {
    expect([...new Set(PLANTS.map(({ rule }) => rule))].sort()).toEqual(RULES.map(({ name }) => name).sort());
  });
});

describe("a violation in a copy of the real list", () => {
  it.each(PLANTS.map((plant) => [plant.rule, plant.what, plant] as const))(
    "is caught by %s and no other rule: %s",
    (rule, _what, plant) => {
      const count = plant.spotsIn(real).length;
      expect(count).toBeGreaterThan(0);
      for (const index of spread(count)) {
        const { planted, path } = plantAt(plant, real, index);
        const findings = lint(planted, RULES);
        expect(findings.map((finding) => [finding.rule, finding.path])).toContainEqual([rule, path]);
        expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set([rule]));
      }
    },
  );
});

/** A real list with one more mistake in one of its schemas, and the rule that has to see it. */
interface Mistake {
  rule: string;
  /** Below the schema. */
  path: string;
  /** Where such a mistake can be made. */
  fits: (place: SchemaObject) => boolean;
  make: (schema: Json) => void;
}

const anyJson = fc.jsonValue({ maxDepth: 2 });

const put = (rule: string, keyword: string, value: unknown, fits: Mistake["fits"] = () => true): Mistake => ({
  rule,
  path: toPointer(keyword),
  fits,
  make: (schema) => {
    schema[keyword] = value;
  },
});

const ofType =
  (type: string) =>
  ({ value }: SchemaObject) =>
    value["type"] === type;

/** Where a schema has to have a type. */
const isTyped = ({ at, value }: SchemaObject) => at !== "top" && "type" in value;

/** Whether one place lies in the other: what is wrong with the outer one may hide what is wrong within. */
const isWithin = (inner: SchemaObject, outer: SchemaObject) => `${inner.path}/`.startsWith(`${outer.path}/`);

const FOREIGN =
  "$ref $defs anyOf oneOf allOf not prefixItems $schema const format pattern nullable title minItems if".split(" ");

const anyMistake: fc.Arbitrary<Mistake> = fc.oneof(
  fc
    .tuple(fc.oneof(fc.constantFrom(...FOREIGN), fc.string()), anyJson)
    .filter(([keyword]) => keyword !== "__proto__" && refusalOf(keyword) !== undefined)
    .map(([keyword, value]) => put(refusalOf(keyword) ?? "", keyword, value)),
  anyJson.filter((type) => !TYPES.includes(type)).map((type) => put("one-type", "type", type, isTyped)),
  anyJson.filter((items) => !isObject(items)).map((items) => put("array-items", "items", items, ofType("array"))),
  anyJson
    .filter((additional) => additional !== false)
    .map((additional) => put("closed-objects", "additionalProperties", additional, ofType("object"))),
  anyJson
    .filter((value) => !Number.isSafeInteger(value))
    .map((value) => put("default-agrees", "default", value, ofType("integer"))),
  anyJson
    .filter((value) => typeof value !== "boolean")
    .map((value) => put("default-agrees", "default", value, ofType("boolean"))),
  anyJson
    .filter((value) => typeof value !== "string")
    .map((value) => put("default-agrees", "default", value, ofType("string"))),
  anyJson
    .filter((value) => typeof value !== "string")
    .map((value) => put("argument-descriptions", "description", value)),
  fc
    .string()
    .filter((name) => !/^[a-z][a-z0-9_]{0,63}$/.test(name) && name !== "__proto__")
    .map((name) => ({
      rule: "property-names",
      path: toPointer("properties", name),
      fits: ofType("object"),
      make: (schema: Json) => {
        schema["properties"] = { ...objectAt(schema["properties"]), [name]: { type: "string" } };
      },
    })),
);

describe("mistakes made at random in a copy of the real list", () => {
  it("are caught where they stand, each by its rule, however many there are", () => {
    const choice = fc.tuple(anyMistake, fc.nat());
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 4 }), (choices) => {
        const draft = structuredClone(real);
        const places = schemasOf(draft);
        const spoilt: SchemaObject[] = [];
        const expected = choices.flatMap(([{ rule, path, fits, make }, random]) => {
          const open = places.filter(
            (place) => fits(place) && !spoilt.some((each) => isWithin(place, each) || isWithin(each, place)),
          );
          const place = open[random % open.length];
          if (place === undefined) return [];
          make(place.value);
          spoilt.push(place);
          return [[rule, place.path + path]];
        });
        expect(expected).not.toEqual([]);
        const found = lint(draft, RULES).map((finding) => [finding.rule, finding.path]);
        for (const each of expected) expect(found).toContainEqual(each);
      }),
    );
  });

  it("are found, and stop no rule, whatever stands in the place of anything", () => {
    const kinds = ["tools", "prompts", "resources", "resourceTemplates"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.nat(), fc.nat(), anyJson, (kind, random, which, value) => {
        const draft = structuredClone(real);
        const entry = draft[kind][random % draft[kind].length] ?? {};
        const key = Object.keys(entry)[which % Object.keys(entry).length] ?? "";
        fc.pre(typeof value !== typeof entry[key] || Array.isArray(value) !== Array.isArray(entry[key]));
        entry[key] = value;
        expect(lint(draft, RULES)).not.toEqual([]);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { findSchemaChanges, findUntyped } from "../../clients/support/schema-changes.ts";

const LIMIT = { type: "integer", description: "Pages.", minimum: 1, default: 100 };
const ADVERTISED = {
  type: "object",
  properties: { limit: LIMIT, filters: { type: "array", items: {} } },
  required: ["target"],
};

const withLimit = (limit: object) => ({ ...ADVERTISED, properties: { ...ADVERTISED.properties, limit } }) as never;

describe("what became of a schema", () => {
  it.each([
    ["kept", ADVERTISED, {}],
    ["a keyword lost", withLimit({ type: "integer", description: "Pages.", minimum: 1 }), { lost: ["limit.default"] }],
    ["a value changed", withLimit({ ...LIMIT, description: "Pages" }), { changed: ["limit.description"] }],
    ["a keyword added", { ...ADVERTISED, $schema: "draft-07" }, { added: ["$schema"] }],
    ["null allowed by a choice", withLimit({ anyOf: [LIMIT, { type: "null" }] }), { added: ["limit.nullable"] }],
    ["null allowed by a type", withLimit({ ...LIMIT, type: ["integer", "null"] }), { added: ["limit.nullable"] }],
    [
      "null allowed and a keyword lost",
      withLimit({ anyOf: [{ type: "integer", description: "Pages.", default: 100 }, { type: "null" }] }),
      { lost: ["limit.minimum"], added: ["limit.nullable"] },
    ],
    [
      "a field lost with all that stood in it",
      { ...ADVERTISED, properties: { limit: LIMIT } },
      { lost: ["filters", "filters.type", "filters.items"] },
    ],
    [
      "a real choice put in place of a type",
      withLimit({ anyOf: [{ type: "integer" }, { type: "string" }] }),
      { lost: ["limit.type", "limit.description", "limit.minimum", "limit.default"], added: ["limit.anyOf"] },
    ],
  ])("is seen: %s", (_what, shown, changes) => {
    expect(findSchemaChanges(ADVERTISED, shown as never)).toEqual({ lost: [], changed: [], added: [], ...changes });
  });

  it("names places of which nothing is said", () => {
    expect(findUntyped(ADVERTISED)).toEqual(["filters.items"]);
    expect(findUntyped(withLimit({ description: "Pages." }))).toEqual(["limit", "filters.items"]);
  });
});

import type { SchemaObject } from "./listing.ts";
import { type Json, listAt, objectAt } from "./listing.ts";
import { drop, filler, inSchemas, type Plant, set } from "./plant.ts";

const anywhere = () => true;
const isTop = ({ at }: SchemaObject) => at === "top";
const isProperty = ({ at }: SchemaObject) => at === "property";
const isTyped = ({ at, value }: SchemaObject) => at !== "top" && "type" in value;
const hasType =
  (type: string) =>
  ({ value }: SchemaObject) =>
    value["type"] === type;
const has =
  (keyword: string) =>
  ({ value }: SchemaObject) =>
    keyword in value;

/** Renames a property in place, its requirement too. */
const rename = (to: string) => (schema: Json) => {
  const [first, ...rest] = Object.entries(objectAt(schema["properties"]));
  if (first === undefined) return;
  schema["properties"] = Object.fromEntries([[to, first[1]], ...rest]);
  if (Array.isArray(schema["required"])) {
    schema["required"] = schema["required"].map((name) => (name === first[0] ? to : name));
  }
};

const keyword = (rule: string, name: string, value: unknown) =>
  inSchemas(rule, name, `/${name}`, anywhere, set(name, value));

export const KEYWORD_PLANTS: readonly Plant[] = [
  keyword("no-references", "$ref", "#/properties/target"),
  keyword("no-references", "$defs", { any: {} }),
  keyword("no-references", "definitions", { any: {} }),
  keyword("no-unions", "anyOf", [{ type: "string" }, { type: "array", items: {} }]),
  keyword("no-unions", "oneOf", [{ type: "string" }]),
  keyword("no-unions", "allOf", [{}]),
  keyword("no-tuples", "prefixItems", [{ type: "string" }, {}]),
  keyword("no-dialect", "$schema", "https://json-schema.org/draft/2020-12/schema"),
  keyword("portable-keywords", "const", "x"),
  keyword("portable-keywords", "patternProperties", {}),
  keyword("portable-keywords", "nullable", true),
  keyword("portable-keywords", "format", "uri"),
  keyword("portable-keywords", "pattern", "^a"),
  keyword("portable-keywords", "examples", []),
];

export const SHAPE_PLANTS: readonly Plant[] = [
  inSchemas("top-level-object", "a schema without a type", "/type", isTop, drop("type")),
  inSchemas("top-level-object", "a type array at the top", "/type", isTop, set("type", ["object"])),
  inSchemas("top-level-object", "no properties", "/properties", isTop, drop("properties")),
  inSchemas("one-type", "a type array", "/type", isTyped, (schema) => set("type", [schema["type"], "null"])(schema)),
  inSchemas("one-type", "no type", "/type", isProperty, (schema) => {
    schema["description"] = "Anything.";
    delete schema["type"];
  }),
  inSchemas("one-type", "the type null", "/type", isTyped, set("type", "null")),
  inSchemas("one-type", "a type that there is not", "/type", isTyped, set("type", "text")),
  inSchemas("array-items", "an array without items", "/items", hasType("array"), drop("items")),
  inSchemas("array-items", "items that are a list", "/items", hasType("array"), set("items", [{ type: "string" }])),
  inSchemas("array-items", "items that are true", "/items", hasType("array"), set("items", true)),
  inSchemas("closed-objects", "an object that is open", "/additionalProperties", isTop, drop("additionalProperties")),
  inSchemas(
    "closed-objects",
    "more properties by schema",
    "/additionalProperties",
    isTop,
    set("additionalProperties", {}),
  ),
  inSchemas(
    "flat",
    "lists of lists of lists",
    "/items/items",
    hasType("array"),
    set("items", { type: "array", items: {} }),
  ),
  inSchemas("flat", "an object in an object", "/properties/nested/type", isTop, (schema) => {
    objectAt(schema["properties"])["nested"] = { type: "object", properties: {}, additionalProperties: false };
  }),
  inSchemas("required-names", "a requirement of what is not there", "/required/0", isTop, set("required", ["domain"])),
  inSchemas(
    "required-names",
    "a requirement of what every object has",
    "/required/0",
    isTop,
    set("required", ["toString"]),
  ),
  inSchemas("required-names", "no requirement, in a list", "/required", isTop, set("required", [])),
  inSchemas("required-names", "requirements by flag", "/required", isTop, set("required", true)),
  inSchemas("required-names", "a requirement twice", "/required/1", isTop, (schema) => {
    const [first] = Object.keys(objectAt(schema["properties"]));
    schema["required"] = [first, first];
  }),
  ...["Target", "target-name", "1st", "a".repeat(65), "ziel_größe"].map((name) =>
    inSchemas("property-names", name.slice(0, 20), `/properties/${name}`, isTop, rename(name)),
  ),
];

const number = (bounds: Json) => (schema: Json) => {
  Object.assign(schema, bounds);
};

export const VALUE_PLANTS: readonly Plant[] = [
  inSchemas("keywords-fit-type", "a bound of text", "/minimum", hasType("string"), set("minimum", 1)),
  inSchemas("keywords-fit-type", "a length of a number", "/maxLength", hasType("integer"), set("maxLength", 9)),
  inSchemas("keywords-fit-type", "choices of numbers", "/enum", hasType("integer"), set("enum", [1, 2])),
  inSchemas("keywords-fit-type", "items of a flag", "/items", hasType("boolean"), set("items", {})),
  inSchemas("keywords-fit-type", "properties of text", "/properties", hasType("string"), set("properties", {})),
  inSchemas("keywords-fit-type", "a bound as text", "/maximum", hasType("integer"), set("maximum", "1000")),
  inSchemas("keywords-fit-type", "a bound between whole numbers", "/minimum", hasType("integer"), set("minimum", -0.5)),
  inSchemas("keywords-fit-type", "bounds crossed", "/minimum", hasType("integer"), number({ minimum: 2, maximum: 1 })),
  inSchemas("keywords-fit-type", "no length at all", "/maxLength", hasType("string"), (schema) => {
    delete schema["default"];
    schema["maxLength"] = 0;
  }),
  inSchemas("enum-values", "no choice", "/enum", hasType("string"), (schema) => {
    delete schema["default"];
    schema["enum"] = [];
  }),
  inSchemas("enum-values", "choices that are no list", "/enum", hasType("string"), (schema) => {
    delete schema["default"];
    schema["enum"] = "live";
  }),
  inSchemas("enum-values", "a number among choices", "/enum/0", hasType("string"), (schema) => {
    schema["enum"] = [1, ...listAt(schema["enum"])];
  }),
  inSchemas("enum-values", "null among choices", "/enum/0", hasType("string"), (schema) => {
    schema["enum"] = [null, ...listAt(schema["enum"])];
  }),
  inSchemas("enum-values", "an empty choice", "/enum/0", hasType("string"), (schema) => {
    schema["enum"] = ["", ...listAt(schema["enum"])];
  }),
  inSchemas("enum-values", "a choice twice", "/enum/1", has("enum"), (schema) => {
    const [first, ...rest] = listAt(schema["enum"]);
    schema["enum"] = [first, first, ...rest];
  }),
  inSchemas("default-agrees", "a default of null", "/default", isTyped, set("default", null)),
  inSchemas("default-agrees", "a number as text", "/default", hasType("integer"), set("default", "100")),
  inSchemas("default-agrees", "half a number", "/default", hasType("integer"), set("default", 0.5)),
  inSchemas("default-agrees", "a flag as text", "/default", hasType("boolean"), set("default", "true")),
  inSchemas("default-agrees", "text where a list is due", "/default", hasType("array"), set("default", "[]")),
  inSchemas("default-agrees", "none of the choices", "/default", has("enum"), set("default", "lively")),
  inSchemas("default-agrees", "below the minimum", "/default", has("minimum"), set("default", -1)),
  inSchemas("default-agrees", "above the maximum", "/default", hasType("integer"), number({ maximum: 5, default: 6 })),
  inSchemas("default-agrees", "too long", "/default", has("maxLength"), set("default", filler("-", 256))),
];

import { isObject, type Json, listAt, type Problem, placesOf, type Rule, schemasOf, toPointer } from "./listing.ts";

/** What every client known to us passes on unharmed. */
export const PORTABLE_KEYWORDS: ReadonlySet<string> = new Set(
  "type properties required additionalProperties description default enum items minimum maximum maxLength".split(" "),
);

/** The rule that refuses a keyword, where one of its own tells more than that it is not portable. */
const REFUSED = new Map(
  Object.entries({
    "no-references": "$ref $dynamicRef $defs definitions $id $anchor $dynamicAnchor",
    "no-unions": "anyOf oneOf allOf not if then else dependentSchemas",
    "no-tuples": "prefixItems additionalItems unevaluatedItems",
    "no-dialect": "$schema $vocabulary",
  }).flatMap(([rule, keywords]) => keywords.split(" ").map((keyword) => [keyword, rule] as const)),
);

/** @returns the name of the rule that refuses the keyword; undefined for a portable one */
export const refusalOf = (keyword: string): string | undefined =>
  PORTABLE_KEYWORDS.has(keyword) ? undefined : (REFUSED.get(keyword) ?? "portable-keywords");

const refuse = (name: string, because: string): Rule => ({
  name,
  because,
  *check(listing) {
    for (const { path, value } of schemasOf(listing)) {
      for (const keyword of Object.keys(value)) {
        if (refusalOf(keyword) === name) yield { path: path + toPointer(keyword), says: `${keyword} is not portable` };
      }
    }
  },
});

export const KEYWORD_RULES: readonly Rule[] = [
  refuse(
    "no-references",
    "LangChain keeps nothing but the description of a property that refers elsewhere, OpenAI's strict conversion fails, and a desktop that strips references then sends arrays as JSON strings.",
  ),
  refuse(
    "no-unions",
    "LangChain keeps nothing but the description of a union, one command line turns real arrays into strings for it, and one large API refuses the tool when a union stands at the top.",
  ),
  refuse("no-tuples", "Tuples fail as references do: LangChain drops them, OpenAI's strict conversion refuses them."),
  refuse("no-dialect", "Gemini-style and VS Code clients refuse a schema that names its dialect."),
  refuse(
    "portable-keywords",
    "Frameworks convert schemas by lists of what they know: any other keyword is dropped in silence by some and refused by others.",
  ),
];

/** Those that say anything of an argument. */
export const TYPES: readonly unknown[] = ["string", "integer", "number", "boolean", "array", "object"];

const PROPERTY_NAME = /^[a-z][a-z0-9_]{0,63}$/;

const isSaid = (items: unknown): boolean =>
  isObject(items) && Object.keys(items).some((key) => PORTABLE_KEYWORDS.has(key));

/** An argument, and the items of a list. */
const MAX_DEPTH = 2;

const isNameIn = (properties: Json, name: unknown): boolean =>
  typeof name === "string" && Object.hasOwn(properties, name);

export const SHAPE_RULES: readonly Rule[] = [
  {
    name: "top-level-object",
    because:
      "Arguments are an object: large APIs refuse a tool whose schema says anything else, or lists no properties.",
    *check(listing) {
      for (const { at, path, value } of placesOf(listing)) {
        if (at !== "top") continue;
        if (!isObject(value)) yield { path, says: "is no schema" };
        else if (value["type"] !== "object") yield { path: `${path}/type`, says: 'must be "object"' };
        else if (!isObject(value["properties"])) yield { path: `${path}/properties`, says: "must list the arguments" };
      }
    },
  },
  {
    name: "one-type",
    because:
      "Gemini-style and VS Code clients refuse type arrays, and frameworks pass on a property without a type as anything, or not at all.",
    *check(listing) {
      for (const { at, path, value } of placesOf(listing)) {
        // Items that say nothing stand for anything.
        if (at === "top" || (at === "items" && !isSaid(value))) continue;
        if (!isObject(value)) yield { path, says: "is no schema" };
        else if (!TYPES.includes(value["type"])) yield { path: `${path}/type`, says: "must be one type, by name" };
      }
    },
  },
  {
    name: "array-items",
    because:
      "Gemini-style and VS Code clients refuse an array without items; items of {} are kept by all frameworks tried.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        if (value["type"] === "array" && !isObject(value["items"])) {
          yield { path: `${path}/items`, says: "must be one schema, {} for anything" };
        }
      }
    },
  },
  {
    name: "closed-objects",
    because: "OpenAI's strict mode asks for it, and it tells a model that a name it made up will be refused.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        if (value["type"] === "object" && value["additionalProperties"] !== false) {
          yield { path: `${path}/additionalProperties`, says: "must be false" };
        }
      }
    },
  },
  {
    name: "flat",
    because:
      "Clients that do not know a nested argument well hand it over as a JSON string, and each level is one more for a model to get wrong.",
    *check(listing) {
      for (const { at, path, depth, value } of schemasOf(listing)) {
        if (depth > MAX_DEPTH) yield { path, says: `lies ${depth} levels deep, ${MAX_DEPTH} at most` };
        else if (at !== "top" && value["type"] === "object")
          yield { path: `${path}/type`, says: "is an object in an object" };
      }
    },
  },
  {
    name: "required-names",
    because: "Strict validators refuse a schema that requires nothing, something twice, or what it does not describe.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const { properties, required } = value;
        if (required === undefined || value["type"] !== "object" || !isObject(properties)) continue;
        const names = listAt(required);
        const at = `${path}/required`;
        if (names.length === 0) yield { path: at, says: "must name something, or not be there" };
        for (const [index, name] of names.entries()) {
          if (names.indexOf(name) < index) yield { path: at + toPointer(index), says: "comes twice" };
          else if (!isNameIn(properties, name)) yield { path: at + toPointer(index), says: "is no property" };
        }
      }
    },
  },
  {
    name: "property-names",
    because:
      "Large APIs refuse names with other characters or of more than 64, and the paid endpoint spells its own like this.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        if (!isObject(value["properties"])) continue;
        for (const name of Object.keys(value["properties"])) {
          if (!PROPERTY_NAME.test(name))
            yield { path: path + toPointer("properties", name), says: `must match ${PROPERTY_NAME}` };
        }
      }
    },
  },
];

/** Which keywords say anything, by type; `type`, `description` and `default` do everywhere. */
const KEYWORDS_OF = new Map<unknown, readonly string[]>([
  ["string", ["enum", "maxLength"]],
  ["integer", ["minimum", "maximum"]],
  ["number", ["minimum", "maximum"]],
  ["boolean", []],
  ["array", ["items"]],
  ["object", ["properties", "required", "additionalProperties"]],
]);

const TYPED_KEYWORDS = [...new Set([...KEYWORDS_OF.values()].flat())];

const isWhole = Number.isSafeInteger;

function* checkBounds(path: string, { type, minimum, maximum, maxLength }: Json): Generator<Problem> {
  const fits = type === "integer" ? isWhole : Number.isFinite;
  for (const [keyword, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && !fits(bound))
      yield { path: `${path}/${keyword}`, says: `must be a number of type ${type}` };
  }
  if (!canBeMet(minimum, maximum)) yield { path: `${path}/minimum`, says: "is above the maximum" };
  if (maxLength !== undefined && !(isWhole(maxLength) && Number(maxLength) > 0)) {
    yield { path: `${path}/maxLength`, says: "must be a whole number above 0" };
  }
}

const canBeMet = (minimum: unknown, maximum: unknown): boolean =>
  !(typeof minimum === "number" && typeof maximum === "number" && minimum > maximum);

function describeDefault(schema: Json): string | undefined {
  const { type, default: value, enum: choices, minimum, maximum, maxLength } = schema;
  const isOfType = {
    string: typeof value === "string",
    boolean: typeof value === "boolean",
    integer: isWhole(value),
    number: Number.isFinite(value),
    array: Array.isArray(value),
    object: isObject(value),
  }[typeof type === "string" ? type : ""];
  if (isOfType === undefined) return undefined;
  if (!isOfType) return `must be of type ${type}`;
  if (type === "string" && Array.isArray(choices) && !choices.includes(value)) return "must be one of the choices";
  if (typeof value === "string" && typeof maxLength === "number" && value.length > maxLength) return "is too long";
  if (typeof value !== "number" || !canBeMet(minimum, maximum)) return undefined;
  if (typeof minimum === "number" && value < minimum) return "is below the minimum";
  return typeof maximum === "number" && value > maximum ? "is above the maximum" : undefined;
}

export const VALUE_RULES: readonly Rule[] = [
  {
    name: "keywords-fit-type",
    because:
      "A keyword that says nothing of its type, or bounds that nothing can meet, make strict validators refuse the tool and others ignore what was meant.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const own = KEYWORDS_OF.get(value["type"]);
        if (own === undefined) continue;
        const strange = TYPED_KEYWORDS.filter((keyword) => keyword in value && !own.includes(keyword));
        for (const keyword of strange)
          yield { path: `${path}/${keyword}`, says: `says nothing of type ${value["type"]}` };
        yield* checkBounds(
          path,
          Object.fromEntries(Object.entries(value).filter(([keyword]) => !strange.includes(keyword))),
        );
      }
    },
  },
  {
    name: "enum-values",
    because: "Gemini-style clients take choices of text alone, and an empty or doubled list of them is refused.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        if (value["type"] !== "string" || value["enum"] === undefined) continue;
        const choices = listAt(value["enum"]);
        if (choices.length === 0) yield { path: `${path}/enum`, says: "must hold a choice" };
        for (const [index, choice] of choices.entries()) {
          const at = `${path}/enum${toPointer(index)}`;
          if (typeof choice !== "string" || choice === "") yield { path: at, says: "must be text" };
          else if (choices.indexOf(choice) < index) yield { path: at, says: "comes twice" };
        }
      }
    },
  },
  {
    name: "default-agrees",
    because: "Forms and SDKs fill in defaults: one that the schema refuses is sent nonetheless, and the call fails.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const says = "default" in value ? describeDefault(value) : undefined;
        if (says !== undefined) yield { path: `${path}/default`, says };
      }
    },
  },
];

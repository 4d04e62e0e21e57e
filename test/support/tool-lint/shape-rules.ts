import { isObject, type Json, listAt, toPointer } from "./json.ts";
import { PORTABLE_KEYWORDS } from "./keyword-rules.ts";
import type { Rule } from "./rule.ts";
import { placesOf, schemasOf } from "./schemas.ts";

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

import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject, objectsOf } from "./model-api.ts";

export interface SchemaChanges {
  lost: string[];
  changed: string[];
  added: string[];
}

/**
 * Where a schema that the model was shown differs from the advertised one. A field that may be null as well is the field
 * it was, with `nullable` added: that is how optional fields are spelled for models that have to give every field.
 * @returns places such as `limit.default`, each once, in the order of the schema; three empty lists when it was kept
 */
export function findSchemaChanges(advertised: JsonObject, shown: JsonObject): SchemaChanges {
  const before = toPlaces(advertised);
  const after = toPlaces(shown);
  const lost: string[] = [];
  const changed: string[] = [];
  for (const [place, value] of before) {
    if (!after.has(place)) lost.push(place);
    else if (!isDeepStrictEqual(after.get(place), value)) changed.push(place);
  }
  return { lost, changed, added: [...after.keys()].filter((place) => !before.has(place)) };
}

/** Every keyword of a schema by its place; `properties` is no part of a place, since its names are. */
function toPlaces(schema: JsonObject, at = "", places = new Map<string, Json>()): Map<string, Json> {
  for (const [keyword, value] of Object.entries(withoutNull(schema))) {
    if (keyword === "properties" && isObject(value)) {
      for (const [name, child] of Object.entries(value)) {
        places.set(`${at}${name}`, "");
        toPlaces(isObject(child) ? child : {}, `${at}${name}.`, places);
      }
    } else if (keyword === "items" && isObject(value)) {
      places.set(`${at}items`, "");
      toPlaces(value, `${at}items.`, places);
    } else {
      places.set(`${at}${keyword}`, value);
    }
  }
  return places;
}

/** @returns the schema with `nullable` in place of either spelling of "or null"; any other as it is */
function withoutNull(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  const [choice, ...others] = objectsOf(anyOf).filter(({ type }) => type !== "null");
  if (choice !== undefined && others.length === 0 && acceptsNull(schema)) return { ...choice, ...rest, nullable: true };
  const { type } = schema;
  if (!Array.isArray(type) || !type.includes("null")) return schema;
  const types = type.filter((each) => each !== "null");
  return { ...schema, type: types.length === 1 ? (types[0] ?? null) : types, nullable: true };
}

/** Whether a schema says in so many words that null will do. */
export function acceptsNull({ type, anyOf }: JsonObject): boolean {
  return [type].flat().includes("null") || objectsOf(anyOf).some((choice) => choice["type"] === "null");
}

/** Keywords that say what a value is. */
const TYPING = ["type", "enum", "const", "anyOf", "$ref"];

/** @returns places of values of which nothing is said, such as `filters.items`; OpenAI's strict mode provides for none */
export function findUntyped(schema: JsonObject): string[] {
  const places = toPlaces(schema);
  return [...places]
    .filter(([place, value]) => value === "" && !TYPING.some((keyword) => places.has(`${place}.${keyword}`)))
    .map(([place]) => place);
}

import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "./model-api.ts";
import { isObject } from "./model-api.ts";

export interface SchemaChanges {
  lost: string[];
  changed: string[];
  added: string[];
}

/**
 * Where a schema that the model was shown differs from the advertised one.
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
  for (const [keyword, value] of Object.entries(schema)) {
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

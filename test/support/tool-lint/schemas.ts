import { isObject, type Json, objectAt, toPointer } from "./json.ts";
import type { Listing } from "./listing.ts";

/** A place in an input schema where a schema is due, whatever stands there. */
export interface SchemaPlace {
  at: "top" | "property" | "items";
  path: string;
  /** 0 at the top. */
  depth: number;
  value: unknown;
}

export interface SchemaObject extends SchemaPlace {
  value: Json;
}

/** Every such place of all tools, outermost first. */
export const placesOf = ({ tools }: Listing): SchemaPlace[] =>
  tools.flatMap((tool, index) => [
    ...walk({
      at: "top",
      path: toPointer("tools", index, "inputSchema"),
      depth: 0,
      value: objectAt(tool)["inputSchema"],
    }),
  ]);

/** Those that hold an object. */
export const schemasOf = (listing: Listing): SchemaObject[] =>
  placesOf(listing).filter((place): place is SchemaObject => isObject(place.value));

function* walk(place: SchemaPlace): Generator<SchemaPlace> {
  yield place;
  const { path, value } = place;
  if (!isObject(value)) return;
  const depth = place.depth + 1;
  for (const [name, property] of Object.entries(objectAt(value["properties"]))) {
    yield* walk({ at: "property", path: path + toPointer("properties", name), depth, value: property });
  }
  if ("items" in value) yield* walk({ at: "items", path: `${path}/items`, depth, value: value["items"] });
}

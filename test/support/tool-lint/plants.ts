import { PROMPT_PLANTS, RESOURCE_PLANTS } from "./entry-plants.ts";
import type { Plant } from "./plant.ts";
import { KEYWORD_PLANTS, SHAPE_PLANTS, VALUE_PLANTS } from "./schema-plants.ts";
import { SIZE_PLANTS } from "./size-plants.ts";
import { TEXT_PLANTS } from "./text-plants.ts";
import { TOOL_PLANTS } from "./tool-plants.ts";

/** Violations of every rule, to be planted in what the server really lists. */
export const PLANTS: readonly Plant[] = [
  ...KEYWORD_PLANTS,
  ...SHAPE_PLANTS,
  ...VALUE_PLANTS,
  ...TOOL_PLANTS,
  ...TEXT_PLANTS,
  ...SIZE_PLANTS,
  ...PROMPT_PLANTS,
  ...RESOURCE_PLANTS,
];

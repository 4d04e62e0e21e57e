import { ENTRY_RULES, PROMPT_RULES, RESOURCE_RULES } from "./entry-rules.ts";
import type { Rule } from "./listing.ts";
import { KEYWORD_RULES, SHAPE_RULES, VALUE_RULES } from "./schema-rules.ts";
import { SIZE_RULES } from "./size-rules.ts";
import { TEXT_RULES } from "./text-rules.ts";
import { TOOL_RULES } from "./tool-rules.ts";

/** What a listing has to keep to, so that every client known to us passes it on as it was meant. */
export const RULES: readonly Rule[] = [
  ...KEYWORD_RULES,
  ...SHAPE_RULES,
  ...VALUE_RULES,
  ...TOOL_RULES,
  ...TEXT_RULES,
  ...SIZE_RULES,
  ...PROMPT_RULES,
  ...RESOURCE_RULES,
  ...ENTRY_RULES,
];

import { ENTRY_RULES } from "./entry-rules.ts";
import { KEYWORD_RULES } from "./keyword-rules.ts";
import { PROMPT_RULES } from "./prompt-rules.ts";
import { RESOURCE_RULES } from "./resource-rules.ts";
import type { Rule } from "./rule.ts";
import { SHAPE_RULES } from "./shape-rules.ts";
import { SIZE_RULES } from "./size-rules.ts";
import { TEXT_RULES } from "./text-rules.ts";
import { TOOL_RULES } from "./tool-rules.ts";
import { VALUE_RULES } from "./value-rules.ts";

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

import { encode } from "gpt-tokenizer/encoding/o200k_base";
import type { Rule } from "./listing.ts";
import { toPointer } from "./listing.ts";
import { MAX_TEXT_BYTES } from "./text-rules.ts";

/** Of the whole list, as compact JSON (o200k_base). */
export const MAX_LIST_TOKENS = 1500;
/** Of one tool: the one that explains the arguments for all may have somewhat more than half. */
export const MAX_TOOL_TOKENS = 800;

/** As a model pays for it. */
export const tokensOf = (value: unknown): number => encode(JSON.stringify(value)).length;

export const SIZE_RULES: readonly Rule[] = [
  {
    name: "list-size",
    because: "The list is part of every conversation, whether a tool is called or not.",
    *check({ tools }) {
      const tokens = tokensOf(tools);
      if (tokens > MAX_LIST_TOKENS)
        yield { path: "/tools", says: `costs ${tokens} tokens, ${MAX_LIST_TOKENS} at most` };
    },
  },
  {
    name: "tool-size",
    because: "A tool that takes the list's allowance for itself leaves none for the next one.",
    *check({ tools }) {
      for (const [index, tool] of tools.entries()) {
        const tokens = tokensOf(tool);
        if (tokens > MAX_TOOL_TOKENS) {
          yield { path: toPointer("tools", index), says: `costs ${tokens} tokens, ${MAX_TOOL_TOKENS} at most` };
        }
      }
    },
  },
  {
    name: "instructions-size",
    because: "Hosts cut instructions at 2 KB, and what stands at the end never reaches a model.",
    *check({ instructions }) {
      const bytes = Buffer.byteLength(instructions);
      if (instructions.trim() === "") yield { path: "/instructions", says: "must say something" };
      if (bytes > MAX_TEXT_BYTES)
        yield { path: "/instructions", says: `has ${bytes} bytes, ${MAX_TEXT_BYTES} at most` };
    },
  },
];

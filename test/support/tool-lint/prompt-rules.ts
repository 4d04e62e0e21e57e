import { isObject, listAt, toPointer } from "./json.ts";
import type { Problem, Rule } from "./rule.ts";
import { describeName } from "./tool-rules.ts";

const ARGUMENT = /^[a-z][a-z0-9_]*$/;

function* checkArgument(path: string, argument: unknown): Generator<Problem> {
  if (!isObject(argument)) {
    yield { path, says: "is no argument" };
    return;
  }
  const { name, required } = argument;
  if (typeof name !== "string" || !ARGUMENT.test(name)) yield { path: `${path}/name`, says: `must match ${ARGUMENT}` };
  if (typeof required !== "boolean") yield { path: `${path}/required`, says: "must be true or false" };
}

export const PROMPT_RULES: readonly Rule[] = [
  {
    name: "prompt-names",
    because: "Hosts make a command of a prompt, named like a tool: the server's name before its own.",
    *check({ server, prompts }) {
      for (const [index, { name }] of prompts.entries()) {
        const says = describeName(server, name);
        if (says !== undefined) yield { path: toPointer("prompts", index, "name"), says };
      }
    },
  },
  {
    name: "prompt-arguments",
    because:
      "Hosts ask people for the arguments in a form or in a row after the command: each needs a plain name and has to say whether it may stay empty.",
    *check({ prompts }) {
      for (const [index, prompt] of prompts.entries()) {
        const path = toPointer("prompts", index, "arguments");
        if ("arguments" in prompt && !Array.isArray(prompt["arguments"])) yield { path, says: "must be a list" };
        for (const [place, argument] of listAt(prompt["arguments"]).entries()) {
          yield* checkArgument(path + toPointer(place), argument);
        }
      }
    },
  },
];

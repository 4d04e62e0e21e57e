import { isObject, type Json, listAt, toPointer } from "./json.ts";
import type { Listing } from "./listing.ts";
import type { Problem, Rule } from "./rule.ts";
import { describeDescription } from "./text-rules.ts";
import { describeTitle } from "./tool-rules.ts";

/** What no two entries of a list may share, by list. */
const IDENTITIES = {
  tools: ["name"],
  prompts: ["name"],
  resources: ["name", "uri"],
  resourceTemplates: ["name", "uriTemplate"],
} as const;

/** Every list by its path, those of the prompts' arguments too. */
function listsOf({ prompts, ...lists }: Listing): { path: string; entries: unknown[]; keys: readonly string[] }[] {
  const named = Object.entries(IDENTITIES).map(([name, keys]) => ({
    path: toPointer(name),
    entries: { prompts, ...lists }[name as keyof typeof IDENTITIES],
    keys,
  }));
  const ofPrompts = prompts.map((prompt, index) => ({
    path: toPointer("prompts", index, "arguments"),
    entries: listAt(prompt["arguments"]),
    keys: ["name"],
  }));
  return [...named, ...ofPrompts];
}

function* checkTexts(path: string, { title, description }: Json, hasTitle: boolean): Generator<Problem> {
  const ofTitle = hasTitle ? describeTitle(title) : undefined;
  if (ofTitle !== undefined) yield { path: `${path}/title`, says: ofTitle };
  const ofDescription = describeDescription(description);
  if (ofDescription !== undefined) yield { path: `${path}/description`, says: ofDescription };
}

/** Rules for what is listed beside the tools, which have their own, and for all lists alike. */
export const ENTRY_RULES: readonly Rule[] = [
  {
    name: "nothing-twice",
    because: "Hosts keep entries by name or address: of two that share it one is lost, and some refuse the whole list.",
    *check(listing) {
      for (const { path, entries, keys } of listsOf(listing)) {
        for (const key of keys) {
          const values = entries.map((entry) => (isObject(entry) ? entry[key] : undefined));
          for (const [index, value] of values.entries()) {
            if (value !== undefined && values.indexOf(value) < index)
              yield { path: path + toPointer(index, key), says: "comes twice" };
          }
        }
      }
    },
  },
  {
    name: "entry-texts",
    because:
      "People choose prompts and resources by title and description, and the limits of descriptions hold for these too.",
    *check(listing) {
      for (const { path, entries } of listsOf(listing)) {
        if (path === "/tools") continue;
        const hasTitles = !path.endsWith("/arguments");
        for (const [index, entry] of entries.entries()) {
          if (isObject(entry)) yield* checkTexts(path + toPointer(index), entry, hasTitles);
        }
      }
    },
  },
];

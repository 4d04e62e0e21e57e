import { UriTemplate } from "@modelcontextprotocol/server";
import {
  describePageMeta,
  isObject,
  isViewUri,
  type Json,
  type Listing,
  listAt,
  type Problem,
  type Rule,
  toPointer,
  VIEW_MEDIA_TYPE,
} from "./listing.ts";
import { describeDescription } from "./text-rules.ts";
import { describeName, describeTitle } from "./tool-rules.ts";

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

const SCHEME = "domain-pages:";
const VARIABLE = /^[a-z][a-z0-9_]*$/;
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]+(?:; ?[a-z]+=[\w-]+)?$/;

/** @returns what is wrong with a media type; undefined for nothing */
function describeMediaType(mimeType: unknown, uri: unknown): string | undefined {
  if (isViewUri(uri)) return mimeType === VIEW_MEDIA_TYPE ? undefined : `must be ${VIEW_MEDIA_TYPE}`;
  return typeof mimeType === "string" && MEDIA_TYPE.test(mimeType) ? undefined : "must be a media type";
}

/** @returns what is wrong with an address; undefined for nothing */
function describeUri(uri: unknown): string | undefined {
  if (typeof uri !== "string" || !URL.canParse(uri) || /[{}\s]/.test(uri)) return "is no URI";
  return new URL(uri).protocol === SCHEME ? undefined : `must begin ${SCHEME}`;
}

/** @returns what is wrong with a template; undefined for nothing */
function describeTemplate(written: unknown): string | undefined {
  let template: UriTemplate;
  try {
    template = new UriTemplate(String(written));
  } catch {
    return "is no URI template";
  }
  const names = template.variableNames;
  if (names.length === 0) return "has no variable: it is a resource";
  if (!names.every((name) => VARIABLE.test(name))) return `must have variables that match ${VARIABLE}`;
  if (new Set(names).size < names.length) return "has a variable twice";
  return describeUri(template.expand(Object.fromEntries(names.map((name) => [name, "x"]))));
}

export const RESOURCE_RULES: readonly Rule[] = [
  {
    name: "resource-names",
    because: "Older clients know no titles and show the name; one that is missing fails the schema of the whole list.",
    *check({ resources, resourceTemplates }) {
      for (const [list, entries] of Object.entries({ resources, resourceTemplates })) {
        for (const [index, { name }] of entries.entries()) {
          if (typeof name !== "string" || name.trim() === "")
            yield { path: toPointer(list, index, "name"), says: "must be there" };
        }
      }
    },
  },
  {
    name: "resource-addresses",
    because: "A client that cannot parse an address drops the resource, or the list with it.",
    *check({ resources }) {
      for (const [index, { uri }] of resources.entries()) {
        const says = isViewUri(uri) ? undefined : describeUri(uri);
        if (says !== undefined) yield { path: toPointer("resources", index, "uri"), says };
      }
    },
  },
  {
    name: "template-addresses",
    because:
      "Clients fill templates in by themselves: each has to parse, and to give an address whatever its variables hold.",
    *check({ resourceTemplates }) {
      for (const [index, { uriTemplate }] of resourceTemplates.entries()) {
        const says = describeTemplate(uriTemplate);
        if (says !== undefined) yield { path: toPointer("resourceTemplates", index, "uriTemplate"), says };
      }
    },
  },
  {
    name: "media-types",
    because: "A host chooses by the media type whether it shows a resource, attaches it or offers it at all.",
    *check({ resources, resourceTemplates }) {
      for (const [list, entries] of Object.entries({ resources, resourceTemplates })) {
        for (const [index, { mimeType, uri }] of entries.entries()) {
          // A template that stands for files of several kinds has none.
          const isMissing = mimeType === undefined && list === "resourceTemplates";
          const says = isMissing ? undefined : describeMediaType(mimeType, uri);
          if (says !== undefined) yield { path: toPointer(list, index, "mimeType"), says };
        }
      }
    },
  },
  {
    name: "page-limits",
    because:
      "A host lets a page reach what its csp names and chooses a border itself where none is said: ours reaches nothing, and says both.",
    *check({ resources }) {
      for (const [index, resource] of resources.entries()) {
        const says = "_meta" in resource ? describePageMeta(resource["_meta"]) : undefined;
        if (says !== undefined) yield { path: toPointer("resources", index, "_meta"), says };
      }
    },
  },
];

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

import type { Listing } from "./listing.ts";
import { isViewUri, type Json, listAt, objectsIn } from "./listing.ts";
import { BAD_NAMES, drop, filler, inEntries, type Plant, set } from "./plant.ts";

const hasArguments = (prompt: Json) => listAt(prompt["arguments"]).length > 0;
const inArgument = (change: (argument: Json) => void) => (prompt: Json) =>
  objectsIn(prompt["arguments"]).slice(0, 1).forEach(change);

export const PROMPT_PLANTS: readonly Plant[] = [
  ...BAD_NAMES.map((name) => inEntries("prompts", "prompt-names", `the name "${name}"`, "/name", set("name", name))),
  inEntries(
    "prompts",
    "prompt-arguments",
    "an argument with a space",
    "/arguments/0/name",
    inArgument(set("name", "a domain")),
    hasArguments,
  ),
  inEntries(
    "prompts",
    "prompt-arguments",
    "no word whether it may be empty",
    "/arguments/0/required",
    inArgument(drop("required")),
    hasArguments,
  ),
  inEntries(
    "prompts",
    "prompt-arguments",
    "an argument by its name alone",
    "/arguments/0",
    (prompt) => {
      prompt["arguments"] = ["target"];
    },
    hasArguments,
  ),
  inEntries("prompts", "prompt-arguments", "arguments by name", "/arguments", set("arguments", { target: {} })),
  inEntries("prompts", "entry-texts", "no title", "/title", drop("title")),
  inEntries("prompts", "entry-texts", "a long title", "/title", set("title", filler("-", 65))),
  inEntries("prompts", "entry-texts", "no description", "/description", drop("description")),
  inEntries(
    "prompts",
    "entry-texts",
    "an argument without description",
    "/arguments/0/description",
    inArgument(drop("description")),
    hasArguments,
  ),
  inEntries(
    "prompts",
    "nothing-twice",
    "an argument twice",
    "/arguments/1/name",
    (prompt) => {
      const [first, ...rest] = listAt(prompt["arguments"]);
      prompt["arguments"] = [first, first, ...rest];
    },
    hasArguments,
  ),
];

const twice = (list: "tools" | "prompts" | "resources" | "resourceTemplates", key: string): Plant => ({
  rule: "nothing-twice",
  what: `two ${list} of one ${key}`,
  spotsIn: (listing: Listing) =>
    listing[list].slice(1).map((entry, index) => ({
      path: `/${list}/${index + 1}/${key}`,
      plant: () => {
        entry[key] = listing[list][0]?.[key];
      },
    })),
});

export const RESOURCE_PLANTS: readonly Plant[] = [
  inEntries(
    "resources",
    "page-limits",
    "a page that may reach an origin",
    "/_meta",
    set("_meta", { ui: { csp: { connectDomains: ["https://example.com"] }, prefersBorder: false } }),
  ),
  inEntries("resources", "page-limits", "no limits", "/_meta", set("_meta", { ui: { prefersBorder: false } })),
  inEntries("resources", "page-limits", "no word of a border", "/_meta", set("_meta", { ui: { csp: {} } })),
  inEntries("resources", "page-limits", "metadata of its own", "/_meta", set("_meta", { size: 1 })),
  inEntries(
    "resources",
    "media-types",
    "a page that hosts take for a text",
    "/mimeType",
    set("mimeType", "text/html"),
    ({ uri }) => isViewUri(uri),
  ),
  ...["fields", "https://example.com/fields", "domain-pages://{id}", "domain-pages://a b", 7, undefined].map((uri) =>
    inEntries("resources", "resource-addresses", `the address ${uri}`, "/uri", set("uri", uri)),
  ),
  ...[
    "domain-pages://{",
    "domain-pages://a",
    "domain-pages://}{a}",
    "domain-pages://{a b}",
    "domain-pages://{a}/{a}",
    "{a}",
    "http://a/{b}",
    undefined,
  ].map((template) =>
    inEntries(
      "resourceTemplates",
      "template-addresses",
      `the template ${template}`,
      "/uriTemplate",
      set("uriTemplate", template),
    ),
  ),
  inEntries("resources", "resource-names", "no name", "/name", drop("name")),
  inEntries("resourceTemplates", "resource-names", "an empty name", "/name", set("name", " ")),
  inEntries("resources", "media-types", "no media type", "/mimeType", drop("mimeType")),
  inEntries("resources", "media-types", "a file's ending", "/mimeType", set("mimeType", "csv")),
  inEntries("resourceTemplates", "media-types", "a media type without its half", "/mimeType", set("mimeType", "text/")),
  inEntries("resources", "entry-texts", "no description", "/description", drop("description")),
  inEntries(
    "resourceTemplates",
    "entry-texts",
    "a long description",
    "/description",
    set("description", filler("-", 1025)),
  ),
  inEntries("resourceTemplates", "entry-texts", "no title", "/title", drop("title")),
  twice("tools", "name"),
  twice("prompts", "name"),
  twice("resources", "uri"),
  twice("resources", "name"),
  twice("resourceTemplates", "uriTemplate"),
  twice("resourceTemplates", "name"),
];

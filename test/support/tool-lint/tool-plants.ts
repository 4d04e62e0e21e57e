import { type Json, objectAt } from "./listing.ts";
import { BAD_NAMES, drop, filler, inEntries, type Plant, set } from "./plant.ts";

const annotate = (hint: string, value: unknown) => (tool: Json) => {
  tool["annotations"] = { ...objectAt(tool["annotations"]), [hint]: value };
};

/** As of a tool that reads only, but for what is given. */
const readsOnlyBut = (hints: Record<string, boolean>) => (tool: Json) => {
  const good = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
  tool["annotations"] = { ...objectAt(tool["annotations"]), ...good, ...hints };
};

const opens = (resourceUri: string) => set("_meta", { ui: { resourceUri } });

const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

export const TOOL_PLANTS: readonly Plant[] = [
  ...BAD_NAMES.map((name) => inEntries("tools", "tool-names", `the name "${name}"`, "/name", set("name", name))),
  inEntries("tools", "tool-members", "a member of its own", "/version", set("version", "1")),
  inEntries("tools", "view-links", "metadata of its own", "/_meta", set("_meta", { version: "1" })),
  inEntries("tools", "view-links", "empty metadata", "/_meta", set("_meta", {})),
  inEntries("tools", "view-links", "a page from the web", "/_meta", opens("https://example.com/view")),
  inEntries("tools", "view-links", "a page that is not listed", "/_meta", opens("ui://domain-pages/elsewhere")),
  inEntries(
    "tools",
    "view-links",
    "more than a page",
    "/_meta",
    set("_meta", { ui: { resourceUri: "ui://domain-pages/view", visibility: ["app"] } }),
  ),
  inEntries(
    "tools",
    "tool-members",
    "a setting of how it runs",
    "/execution",
    set("execution", { taskSupport: "optional" }),
  ),
  inEntries("tools", "no-output-schema", "an output schema", "/outputSchema", set("outputSchema", { type: "object" })),
  inEntries("tools", "tool-titles", "no title", "/title", drop("title")),
  inEntries("tools", "tool-titles", "an empty title", "/title", set("title", " ")),
  inEntries("tools", "tool-titles", "a long title", "/title", set("title", filler("-", 65))),
  inEntries("tools", "tool-titles", "two titles", "/annotations/title", annotate("title", "Pages")),
  inEntries("tools", "annotations-complete", "no annotations", "/annotations", drop("annotations")),
  inEntries(
    "tools",
    "annotations-complete",
    "no title of annotations",
    "/annotations/title",
    annotate("title", undefined),
  ),
  ...HINTS.flatMap((hint) =>
    [undefined, "true", 1, null].map((value) =>
      inEntries("tools", "annotations-complete", `${hint} ${value}`, `/annotations/${hint}`, annotate(hint, value)),
    ),
  ),
  inEntries(
    "tools",
    "annotations-agree",
    "reads only and destroys",
    "/annotations/destructiveHint",
    readsOnlyBut({ destructiveHint: true }),
  ),
  inEntries(
    "tools",
    "annotations-agree",
    "reads only and adds up",
    "/annotations/idempotentHint",
    readsOnlyBut({ idempotentHint: false }),
  ),
];

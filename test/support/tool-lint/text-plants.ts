import { type Json, listAt } from "./listing.ts";
import { drop, filler, inEntries, inSchemas, type Plant, set } from "./plant.ts";

/** Puts something between the first two words of a text, which leaves its beginning and its end as they were. */
const insert = (key: string, what: string) => (entry: Json) => {
  entry[key] = String(entry[key]).replace(/(?<=\w) (?=\w)/, ` ${what} `);
};

const isFree = (tool: Json) => String(tool["description"]).startsWith("FREE: ");

export const TEXT_PLANTS: readonly Plant[] = [
  inEntries("tools", "tool-descriptions", "no description", "/description", drop("description")),
  inEntries("tools", "tool-descriptions", "too many characters", "/description", (tool) => {
    tool["description"] = `${tool["description"]} ${filler("-", 1024)}.`;
  }),
  inEntries("tools", "tool-descriptions", "too many bytes", "/description", (tool) => {
    tool["description"] = `FREE: dashes. ${filler("—", 700)}.`;
  }),
  inSchemas(
    "argument-descriptions",
    "an empty description",
    "/description",
    ({ at }) => at === "property",
    set("description", ""),
  ),
  inSchemas(
    "argument-descriptions",
    "a description that is none",
    "/description",
    ({ at }) => at === "property",
    set("description", {}),
  ),
  inSchemas(
    "argument-descriptions",
    "a long description",
    "/description",
    ({ at }) => at === "property",
    set("description", filler("-", 1025)),
  ),
  inEntries(
    "tools",
    "opening-sentence",
    "no sentence",
    "/description",
    (tool) => {
      tool["description"] = String(tool["description"]).replace(/[.!?](?= |$)/g, "");
    },
    isFree,
  ),
  inEntries(
    "tools",
    "opening-sentence",
    "a long first sentence",
    "/description",
    insert("description", filler("-", 256)),
  ),
  inEntries("tools", "opening-sentence", "an end in the middle", "/description", (tool) => {
    tool["description"] = `${tool["description"]} And`;
  }),
  inEntries("tools", "price-said", "no word of the price", "/description", (tool) => {
    tool["description"] = String(tool["description"]).replace(/(?:FREE|PAID): /, "");
  }),
  inEntries(
    "tools",
    "price-said",
    "free and paid",
    "/description",
    (tool) => {
      tool["description"] = `${tool["description"]} PAID: at times.`;
    },
    isFree,
  ),
  ...["\u202e", "\u200b", "\u0007", "\n", "\ud800", "\u2028", "\ufeff"].map((character) =>
    inEntries(
      "tools",
      "plain-text",
      `U+${character.charCodeAt(0).toString(16)}`,
      "/description",
      insert("description", character),
    ),
  ),
  inSchemas(
    "plain-text",
    "a mark in a choice",
    "/enum/0",
    ({ value }) => "enum" in value,
    (schema) => {
      schema["enum"] = ["a\u200db", ...listAt(schema["enum"])];
    },
  ),
  inEntries("prompts", "plain-text", "a mark in a prompt", "/description", insert("description", "\u200f")),
  inEntries("resources", "plain-text", "a mark in a resource", "/title", insert("title", "\u200f"), ({ title }) =>
    / \w/.test(String(title)),
  ),
  {
    rule: "plain-text",
    what: "a mark in the instructions",
    spotsIn: (listing) => [
      {
        path: "/instructions",
        plant: () => {
          listing.instructions = listing.instructions.replace(" ", " \u2066");
        },
      },
    ],
  },
];

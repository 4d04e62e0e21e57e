import { type Json, objectAt } from "./listing.ts";
import type { Plant } from "./plant.ts";
import { MAX_LIST_TOKENS, MAX_TOOL_TOKENS, tokensOf } from "./size-rules.ts";

/** Adds words to the arguments' descriptions, none of which becomes too long, until `isEnough`. */
function growArguments(tool: Json, isEnough: () => boolean): void {
  const properties = Object.values(objectAt(objectAt(tool["inputSchema"])["properties"])).map(objectAt);
  for (let round = 0; round < 200; round += 1) {
    for (const property of properties) {
      if (isEnough()) return;
      property["description"] = `${property["description"] ?? "It is"} very`.slice(0, 1024);
    }
  }
}

const changeInstructions = (what: string, change: (instructions: string) => string): Plant => ({
  rule: "instructions-size",
  what,
  spotsIn: (listing) => [
    {
      path: "/instructions",
      plant: () => {
        listing.instructions = change(listing.instructions);
      },
    },
  ],
});

export const SIZE_PLANTS: readonly Plant[] = [
  {
    rule: "list-size",
    what: "words on words",
    spotsIn: (listing) => {
      const smallest = listing.tools.toSorted((a, b) => tokensOf(a) - tokensOf(b))[0];
      if (smallest === undefined) return [];
      return [
        { path: "/tools", plant: () => growArguments(smallest, () => tokensOf(listing.tools) > MAX_LIST_TOKENS) },
      ];
    },
  },
  {
    rule: "tool-size",
    what: "a tool that takes it all",
    spotsIn: (listing) =>
      listing.tools.map((tool) => ({
        path: "/tools/0",
        plant: () => {
          listing.tools = [tool];
          growArguments(tool, () => tokensOf(tool) > MAX_TOOL_TOKENS);
        },
      })),
  },
  changeInstructions("no instructions", () => ""),
  changeInstructions("long instructions", (text) => text + ".".repeat(2048)),
];

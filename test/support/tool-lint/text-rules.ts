import type { Listing, Problem, Rule } from "./listing.ts";
import { schemasOf, toPointer } from "./listing.ts";

const MAX_DESCRIPTION_CHARS = 1024;
/** Where hosts cut descriptions and instructions. */
export const MAX_TEXT_BYTES = 2048;
const MAX_OPENING_CHARS = 256;

/** Control, format (bidirectional marks, zero width) and unpaired surrogates, and the two separators of lines. */
const UNPLAIN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** @returns what is wrong with a description; undefined for nothing */
export function describeDescription(text: unknown): string | undefined {
  if (typeof text !== "string" || text.trim() === "") return "must say something";
  if (text.length > MAX_DESCRIPTION_CHARS) return `has ${text.length} characters, ${MAX_DESCRIPTION_CHARS} at most`;
  const bytes = Buffer.byteLength(text);
  return bytes > MAX_TEXT_BYTES ? `has ${bytes} bytes, ${MAX_TEXT_BYTES} at most` : undefined;
}

function* textsIn(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* textsIn(child, path + toPointer(key));
}

/** The descriptions of tools as far as those are texts. */
function* toolTexts({ tools }: Listing): Generator<{ path: string; text: string }> {
  for (const [index, { description: text }] of tools.entries()) {
    if (typeof text === "string") yield { path: toPointer("tools", index, "description"), text };
  }
}

const describePrice = (text: string): string | undefined => {
  const isFree = text.startsWith("FREE: ");
  const isPaid = /(?:^|[.!?] )PAID: /.test(text);
  if (isFree && isPaid) return "says both FREE and PAID";
  return isFree || isPaid ? undefined : 'must begin "FREE: ", or have a sentence that begins "PAID: "';
};

export const TEXT_RULES: readonly Rule[] = [
  {
    name: "tool-descriptions",
    because:
      "One large API refuses descriptions of more than 1,024 characters, and hosts cut at 2 KB: the end would reach no model.",
    *check({ tools }) {
      for (const [index, { description }] of tools.entries()) {
        const says = describeDescription(description);
        if (says !== undefined) yield { path: toPointer("tools", index, "description"), says };
      }
    },
  },
  {
    name: "argument-descriptions",
    because: "The same limits hold for arguments, and an empty description costs tokens and says nothing.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const says = "description" in value ? describeDescription(value["description"]) : undefined;
        if (says !== undefined) yield { path: `${path}/description`, says };
      }
    },
  },
  {
    name: "opening-sentence",
    because:
      "People and searches for tools see the beginning of a description: its first sentence has to be short enough to say what the tool does.",
    *check(listing) {
      for (const { path, text } of toolTexts(listing)) {
        const [first = ""] = /^.*?[.!?](?= |$)/su.exec(text) ?? [];
        if (first === "" || first.length > MAX_OPENING_CHARS) {
          yield { path, says: `must have a first sentence of at most ${MAX_OPENING_CHARS} characters` };
        } else if (!text.endsWith(".")) yield { path, says: "must end with a full stop" };
      }
    },
  },
  {
    name: "price-said",
    because:
      "A model can keep from spending by surprise only when each tool says, the same way each time, whether a call may cost money.",
    *check(listing) {
      for (const { path, text } of toolTexts(listing)) {
        const says = describePrice(text);
        if (text.trim() !== "" && says !== undefined) yield { path, says };
      }
    },
  },
  {
    name: "plain-text",
    because:
      "Control, bidirectional and invisible characters make a text read otherwise to a model than to the person who approves it; hosts refuse or show them as noise.",
    *check({ instructions, ...lists }) {
      const problem = ({ path, text }: { path: string; text: string }): Problem[] =>
        UNPLAIN.test(text) ? [{ path, says: "has a character that nobody sees" }] : [];
      // Instructions alone have lines.
      yield* problem({ path: "/instructions", text: instructions.replaceAll("\n", " ") });
      for (const [name, list] of Object.entries(lists)) {
        for (const found of textsIn(list, toPointer(name))) yield* problem(found);
      }
    },
  },
];

import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "./model-api.ts";
import type { SentAnswer } from "./passed.ts";

/** How a tool's answer reached the model. */
export interface Arrival {
  /** The whole text is there, character by character. */
  text: boolean;
  /** The whole structured form is there, value by value. */
  structured: boolean;
  /** What stands around these forms, if not each of them is a piece of its own. */
  wrapping: "none" | "words" | "JSON";
  /** When neither form is whole: what of the text is nowhere. Empty otherwise. */
  missing: string[];
}

/**
 * Looks for what the server sent in what the model was shown, also inside JSON that was made of it.
 * @param pieces of the result as the model was shown it
 */
export function findArrival(pieces: readonly string[], sent: SentAnswer): Arrival {
  const texts: string[] = [];
  const objects: JsonObject[] = [];
  for (const piece of pieces) collect(piece, texts, objects);
  const text = sent.text !== "" && texts.some((each) => each.includes(sent.text));
  const structured = sent.structured !== undefined && objects.some((each) => isDeepStrictEqual(each, sent.structured));
  const shown = texts.join("\n");
  return {
    text,
    structured,
    wrapping: findWrapping(pieces, sent),
    missing: text || structured ? [] : sent.text.split("\n").filter((line) => !shown.includes(line)),
  };
}

function findWrapping(pieces: readonly string[], { text, structured }: SentAnswer): Arrival["wrapping"] {
  const wrapped = pieces.filter((piece) => {
    return piece !== text && (structured === undefined || !isDeepStrictEqual(parseJson(piece), structured));
  });
  if (wrapped.length === 0) return "none";
  return wrapped.every((piece) => parseJson(piece) === undefined) ? "words" : "JSON";
}

/** Every text and every object in a piece, through any number of wrappings. */
function collect(value: Json, texts: string[], objects: JsonObject[]): void {
  if (typeof value === "string") {
    texts.push(value);
    const inner = parseJson(value);
    if (typeof inner === "object" && inner !== null) collect(inner, texts, objects);
  } else if (Array.isArray(value)) {
    for (const each of value) collect(each, texts, objects);
  } else if (typeof value === "object" && value !== null) {
    objects.push(value);
    for (const each of Object.values(value)) collect(each, texts, objects);
  }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

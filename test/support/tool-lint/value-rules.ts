import { isObject, type Json, listAt, toPointer } from "./json.ts";
import type { Problem, Rule } from "./rule.ts";
import { schemasOf } from "./schemas.ts";

/** Which keywords say anything, by type; `type`, `description` and `default` do everywhere. */
const KEYWORDS_OF = new Map<unknown, readonly string[]>([
  ["string", ["enum", "maxLength"]],
  ["integer", ["minimum", "maximum"]],
  ["number", ["minimum", "maximum"]],
  ["boolean", []],
  ["array", ["items"]],
  ["object", ["properties", "required", "additionalProperties"]],
]);

const TYPED_KEYWORDS = [...new Set([...KEYWORDS_OF.values()].flat())];

const isWhole = Number.isSafeInteger;

function* checkBounds(path: string, { type, minimum, maximum, maxLength }: Json): Generator<Problem> {
  const fits = type === "integer" ? isWhole : Number.isFinite;
  for (const [keyword, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && !fits(bound))
      yield { path: `${path}/${keyword}`, says: `must be a number of type ${type}` };
  }
  if (!canBeMet(minimum, maximum)) yield { path: `${path}/minimum`, says: "is above the maximum" };
  if (maxLength !== undefined && !(isWhole(maxLength) && Number(maxLength) > 0)) {
    yield { path: `${path}/maxLength`, says: "must be a whole number above 0" };
  }
}

const canBeMet = (minimum: unknown, maximum: unknown): boolean =>
  !(typeof minimum === "number" && typeof maximum === "number" && minimum > maximum);

function describeDefault(schema: Json): string | undefined {
  const { type, default: value, enum: choices, minimum, maximum, maxLength } = schema;
  const isOfType = {
    string: typeof value === "string",
    boolean: typeof value === "boolean",
    integer: isWhole(value),
    number: Number.isFinite(value),
    array: Array.isArray(value),
    object: isObject(value),
  }[typeof type === "string" ? type : ""];
  if (isOfType === undefined) return undefined;
  if (!isOfType) return `must be of type ${type}`;
  if (type === "string" && Array.isArray(choices) && !choices.includes(value)) return "must be one of the choices";
  if (typeof value === "string" && typeof maxLength === "number" && value.length > maxLength) return "is too long";
  if (typeof value !== "number" || !canBeMet(minimum, maximum)) return undefined;
  if (typeof minimum === "number" && value < minimum) return "is below the minimum";
  return typeof maximum === "number" && value > maximum ? "is above the maximum" : undefined;
}

export const VALUE_RULES: readonly Rule[] = [
  {
    name: "keywords-fit-type",
    because:
      "A keyword that says nothing of its type, or bounds that nothing can meet, make strict validators refuse the tool and others ignore what was meant.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const own = KEYWORDS_OF.get(value["type"]);
        if (own === undefined) continue;
        const strange = TYPED_KEYWORDS.filter((keyword) => keyword in value && !own.includes(keyword));
        for (const keyword of strange)
          yield { path: `${path}/${keyword}`, says: `says nothing of type ${value["type"]}` };
        yield* checkBounds(
          path,
          Object.fromEntries(Object.entries(value).filter(([keyword]) => !strange.includes(keyword))),
        );
      }
    },
  },
  {
    name: "enum-values",
    because: "Gemini-style clients take choices of text alone, and an empty or doubled list of them is refused.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        if (value["type"] !== "string" || value["enum"] === undefined) continue;
        const choices = listAt(value["enum"]);
        if (choices.length === 0) yield { path: `${path}/enum`, says: "must hold a choice" };
        for (const [index, choice] of choices.entries()) {
          const at = `${path}/enum${toPointer(index)}`;
          if (typeof choice !== "string" || choice === "") yield { path: at, says: "must be text" };
          else if (choices.indexOf(choice) < index) yield { path: at, says: "comes twice" };
        }
      }
    },
  },
  {
    name: "default-agrees",
    because: "Forms and SDKs fill in defaults: one that the schema refuses is sent nonetheless, and the call fails.",
    *check(listing) {
      for (const { path, value } of schemasOf(listing)) {
        const says = "default" in value ? describeDefault(value) : undefined;
        if (says !== undefined) yield { path: `${path}/default`, says };
      }
    },
  },
];

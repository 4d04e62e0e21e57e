import { z } from "zod";

/** One field of a request body: what it takes, and what is said of it to a model. */
export type RequestField = { says: string } & (
  | { kind: "target" }
  | { kind: "whole"; min: number; max: number; default: number }
  | { kind: "switch"; default: boolean }
  | { kind: "choice"; choices: readonly [string, ...string[]]; default: string }
  /** Conditions over the fields of a catalogue, named as its endpoint names it. */
  | { kind: "filter"; catalogue: string }
  /** Sorting rules over the fields of that catalogue. */
  | { kind: "order"; catalogue: string }
  /** A text of the caller's own. */
  | { kind: "label"; maxChars: number; example: string }
);

/** The table of an endpoint's request body: every field by its name, in the order in which its tool lists them. */
export type RequestFields = Readonly<Record<string, RequestField>>;

/**
 * The JSON Schema that `tools/list` shows of a request body, field for field. Kept flat and within the subset that every
 * client known to us passes on unharmed: no unions, no `$ref`, `items: {}` for the nested filter arrays. It describes;
 * `createParseRequest` validates, with messages that teach.
 */
export function toAdvertisedSchema(fields: RequestFields): Record<string, unknown> {
  const shape = Object.entries(fields).map(([name, field]) => [name, toShape(field).describe(field.says)] as const);
  const { $schema: _dialect, ...schema } = z.toJSONSchema(z.strictObject(Object.fromEntries(shape)), { io: "input" });
  return schema;
}

/**
 * The same names and types without a word of description: for a tool that takes the same arguments as another. What
 * they mean is said once, in the other's schema, since every model pays for both.
 */
export function toNamesOnlySchema(fields: RequestFields): Record<string, unknown> {
  const { properties, ...rest } = toAdvertisedSchema(fields);
  const bare = Object.entries(properties as Record<string, Record<string, unknown>>).map(([name, { type, items }]) => [
    name,
    { type, ...(type === "array" && { items }) },
  ]);
  return { ...rest, properties: Object.fromEntries(bare) };
}

function toShape(field: RequestField): z.ZodType {
  switch (field.kind) {
    case "target":
      return z.string();
    case "whole":
      return z.int().min(field.min).max(field.max).default(field.default);
    case "switch":
      return z.boolean().default(field.default);
    case "choice":
      return z.enum(field.choices).default(field.default);
    case "filter":
      return z.array(z.unknown()).optional();
    case "order":
      return z.array(z.string()).optional();
    case "label":
      return z.string().max(field.maxChars).optional();
  }
}

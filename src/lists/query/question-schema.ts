const text = { type: "string" };
const whole = { type: "integer" };
const texts = { type: "array", items: text };

/** What an argument takes, as JSON Schema. */
export type ArgumentSchema = Readonly<Record<string, unknown>>;

/** What a list's questions take beside what every list's do. */
export interface AdvertisedQuestion {
  /** By its argument. */
  conditions: Readonly<Record<string, ArgumentSchema>>;
  groupings: readonly string[];
  /** Where `text` is looked for: `In URL or title.` */
  textIn: string;
  /** Several items can share a row. */
  folds: boolean;
  /** The first item's: `p1`. */
  handle: string;
}

/**
 * The JSON Schema of a question, as it is advertised. Every model pays for this: what a name says needs no words, and a
 * wrong value is answered with the right ones.
 */
export const toQuestionSchema = ({
  conditions,
  groupings,
  textIn,
  folds,
  handle,
}: AdvertisedQuestion): ArgumentSchema => ({
  type: "object",
  properties: {
    snapshot_id: text,
    target: text,
    filters: { type: "array", items: {} },
    ...conditions,
    text: { ...text, description: textIn },
    order_by: texts,
    columns: texts,
    group_by: { ...text, enum: groupings },
    ...(folds && { fold: { type: "boolean" } }),
    limit: whole,
    offset: whole,
    handles: { ...texts, description: `["${handle}"]: full records.` },
  },
  additionalProperties: false,
});

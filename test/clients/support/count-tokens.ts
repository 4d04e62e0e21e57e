import { encode } from "gpt-tokenizer/encoding/o200k_base";

/** What differs from one run to the next, and what stands for it. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\bs_[0-9a-z]{8}\b/g, "s_00000000"],
  [/\b20\d\d-\d\d-\d\d \d\d:\d\d UTC/g, "2026-01-01 00:00 UTC"],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-01-01T00:00:00.000Z"],
];

/** @returns a text with its snapshot ids and times replaced, so that it is the same in every run */
export function toStable(text: string): string {
  return CHANGING.reduce((stable, [changing, fixed]) => stable.replace(changing, fixed), text);
}

/** @returns tokens (o200k_base) of the stable text, the same in every run */
export const countTokens = (text: string): number => encode(toStable(text)).length;

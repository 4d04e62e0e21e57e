/** `200>404`, `11>`, `>7`, `before>after`: what it was and what it is, as a comparison tells both in one cell. */
const BEFORE_AFTER = /^([^>\s]*)>([^>\s;]*)/;

/** Told with an arrow, and with a dash for what there is not. */
export const toArrow = (text: string): string =>
  text.replace(BEFORE_AFTER, (_, before, after) => `${before || "–"} → ${after || "–"}`);

/** What it is now, or was, as a figure: `11>`, `5>12+`, `801-938`; null when it is none. */
export function toFigure(text: string): number | null {
  const [, before = "", after = ""] = BEFORE_AFTER.exec(text) ?? [null, text, ""];
  const [digits] = /^-?\d+(?:\.\d+)?/.exec(after === "" ? before : after) ?? [];
  return digits === undefined ? null : Number(digits);
}

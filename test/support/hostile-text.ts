import fc from "fast-check";

const NASTY = ["\n", "\r", "\u2028", "\u2029", "\u0085", "\u202e", "\u2066", "\u200b", "\ufeff", "\u0000", "\u001b[2J"];
const FORMAT = [
  ",",
  '"',
  '""',
  ";",
  "\t",
  "'",
  "=1+1",
  "p1,",
  " ",
  "\ud800",
  "\u{e0041}",
  "…",
  "日本",
  "🙂",
  "%",
  "a",
  "/",
];

/** Text as a stranger's page may hold it: line breaks, direction and zero-width marks, the marks of CSV, any script. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...NASTY, ...FORMAT), fc.string({ unit: "binary", maxLength: 12 })), {
    maxLength: 30,
  })
  .map((parts) => parts.join(""));
